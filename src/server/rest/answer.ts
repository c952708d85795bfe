import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import type { Message } from '../../api/meta/schema.ts'
import type { Status } from '../../api/meta/v1.ts'
import type { Entry } from '../../store/store.ts'
import type { ApiResponse } from '../api-server.ts'
import type { Page } from './list.ts'
import { resourceOf } from './resource.ts'
import type { Resource } from './resource.ts'
import type { WatchPlan } from './watch.ts'

/** What a request comes to, before anybody has asked how it is to be written. */
export type Answer =
  | {
      readonly type: 'entry'
      readonly status: number
      readonly resource: Resource
      readonly entry: Entry
      /** It has been deleted just now. */
      readonly isGone?: boolean
    }
  | { readonly type: 'object'; readonly status: number; readonly kind: Kind; readonly object: KubeObject }
  /** A body of a kind that is no resource, such as Scale or Status. */
  | { readonly type: 'value'; readonly status: number; readonly message: Message; readonly value: object }
  | { readonly type: 'page'; readonly resource: Resource; readonly page: Page }
  | { readonly type: 'watch'; readonly plan: WatchPlan }
  /** Bytes of whoever was asked, such as the log of a container. */
  | { readonly type: 'response'; readonly response: ApiResponse }

/** What Kubernetes says when there is nothing else to say. */
export function success(kind: Kind, name: string, uid?: string): Status {
  const { group, plural } = resourceOf(kind).kind
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...(group === '' ? {} : { group }), kind: plural, ...(uid === undefined ? {} : { uid }) },
  } as unknown as Status
}
