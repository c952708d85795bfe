/**
 * What somebody wants to do, as authorization sees it. A request's target is one; so are the questions that no request
 * puts, such as `impersonate`, `escalate` and `bind`, and those of a SubjectAccessReview.
 */
export type Question = ResourceQuestion | PathQuestion

export interface ResourceQuestion {
  readonly resource: true
  readonly verb: string
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly subresource: string
  /** Empty for cluster-scoped resources, and for all namespaces together. */
  readonly namespace: string
  /** Empty for lists and collections. */
  readonly name: string
  /** The field selector as the request has it. */
  readonly fieldSelector?: string
}

export interface PathQuestion {
  readonly resource: false
  readonly verb: string
  readonly path: string
}

/** A question about a resource, by what differs from the usual. */
export function ask(
  verb: string,
  about: Pick<ResourceQuestion, 'plural'> & Partial<Omit<ResourceQuestion, 'resource' | 'verb'>>,
): ResourceQuestion {
  return { version: '', group: '', subresource: '', namespace: '', name: '', ...about, resource: true, verb }
}

/** `pods/log`, or `pods`: how rules name what a question is about. */
export function resourcePath({ plural, subresource }: ResourceQuestion): string {
  return subresource === '' ? plural : `${plural}/${subresource}`
}
