import type { CustomResourceDefinition } from '../../api/apiextensions/v1.ts'
import type { Convert } from '../../api/custom/custom-storage.ts'
import type { KubeObject } from '../../api/meta/kind.ts'
import { WherryError } from '../../lib/errors.ts'
import type { Random } from '../../lib/random.ts'
import type { CallHook } from '../admission/webhooks/call.ts'
import { newUid } from '../rest/uid.ts'
import { problemOf, readReview, restored, reviewVersionOf } from './conversion-review.ts'

export interface ConversionOptions {
  readonly call: CallHook
  readonly random: Random
}

/** As long as the reference server waits. */
const TIMEOUT_MS = 30_000

/** One question is about this many bytes of objects at most, unless one object alone is larger. */
const QUESTION_BYTES_MAX = 2 * 1024 * 1024

/** Who converts the objects of a definition: the server that it names, if there is more than one version. */
export function converterOf({
  call,
  random,
}: ConversionOptions): (of: CustomResourceDefinition) => Convert | undefined {
  return ({ spec: { conversion, versions } }) => {
    const { strategy, webhook } = conversion ?? {}
    const client = webhook?.clientConfig
    if (strategy !== 'Webhook' || client === undefined || versions.length < 2) return undefined
    const version = reviewVersionOf(webhook!.conversionReviewVersions)

    const ask = async (objects: readonly string[], what: string, apiVersion: string): Promise<readonly unknown[]> => {
      const uid = newUid(random)
      const about = `"uid":"${uid}","desiredAPIVersion":${JSON.stringify(apiVersion)}`
      const review = `"kind":"ConversionReview","apiVersion":"apiextensions.k8s.io/${version}"`
      const body = `{${review},"request":{${about},"objects":[${objects.join(',')}]}}`
      try {
        return readReview(await call(client, body, TIMEOUT_MS), version, uid)
      } catch (cause) {
        throw new WherryError('internal', `${what} failed: ${(cause as Error).message}`, { cause })
      }
    }

    return async (objects, apiVersion) => {
      const all: KubeObject[] = []
      for (const question of questionsOf(objects)) {
        const what = `conversion webhook for ${nameOf(question.objects[0]!)}`
        const answers = await ask(question.texts, what, apiVersion)
        all.push(...accepted(question.objects, answers, what, apiVersion))
      }
      return all
    }
  }
}

interface Question {
  readonly objects: KubeObject[]
  readonly texts: string[]
}

function questionsOf(objects: readonly KubeObject[]): Question[] {
  const questions: Question[] = []
  let last: Question | undefined
  let bytes = 0
  for (const object of objects) {
    const text = JSON.stringify(object)
    bytes += text.length
    if (last === undefined || bytes > QUESTION_BYTES_MAX) {
      questions.push((last = { objects: [], texts: [] }))
      bytes = text.length
    }
    last.objects.push(object)
    last.texts.push(text)
  }
  return questions
}

function accepted(
  objects: readonly KubeObject[],
  answers: readonly unknown[],
  what: string,
  apiVersion: string,
): KubeObject[] {
  const refuse = (problem: string): never => {
    throw new WherryError('internal', `${what} returned ${problem}`)
  }
  if (answers.length !== objects.length) refuse(`${answers.length} objects, expected ${objects.length}`)
  return objects.map((object, index) => {
    const answer = answers[index]
    const problem = problemOf(object, answer, apiVersion)
    if (problem !== undefined) refuse(`invalid converted object at index ${index}: ${problem}`)
    return restored(object, answer as KubeObject, (wrong) =>
      refuse(`invalid metadata in object at index ${index}: ${wrong}`),
    )
  })
}

function nameOf({ apiVersion, kind }: KubeObject): string {
  return `${apiVersion}, Kind=${kind}`
}
