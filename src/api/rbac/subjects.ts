import type { Subject } from './v1.ts'

/** The names of the subjects of one kind; service accounts with their namespace. */
export function subjectNames(subjects: readonly Subject[] = [], kind: 'User' | 'Group' | 'ServiceAccount'): string {
  return subjects
    .filter((subject) => subject.kind === kind)
    .map(({ namespace, name }) => (kind === 'ServiceAccount' && namespace ? `${namespace}/${name}` : name))
    .join(', ')
}
