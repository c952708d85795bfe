import { UserInfo } from '../authentication/v1.ts'
import { GroupVersionKind, GroupVersionResource, Status } from '../meta/v1.ts'
import { bool, bytes, embed, groupVersion, list, map, rawExtension, ref, string } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({ group: 'admission.k8s.io', version: 'v1', proto: 'k8s.io.api.admission.v1' })

export const AdmissionRequest = message('AdmissionRequest', 'Admission request.', {
  uid: string(1, { always: true, doc: 'Unique over all time and space; set by the server.' }),
  kind: embed(2, GroupVersionKind, { always: true, doc: 'The kind of the thing.' }),
  resource: embed(3, GroupVersionResource, { always: true, doc: 'The resource.' }),
  subResource: string(4, { doc: 'The subresource, if it is one.' }),
  requestKind: ref(13, GroupVersionKind, { doc: 'The kind as the client sent it.' }),
  requestResource: ref(14, GroupVersionResource, { doc: 'The resource as the client named it.' }),
  requestSubResource: string(15, { doc: 'The subresource as the client named it.' }),
  name: string(5, { doc: 'Its name.' }),
  namespace: string(6, { doc: 'The namespace that it lives in.' }),
  operation: string(7, { always: true, doc: 'What is done: CREATE, UPDATE, DELETE or CONNECT.' }),
  userInfo: embed(8, UserInfo, { always: true, doc: 'Who it is.' }),
  object: rawExtension(9, { doc: 'The object as it is to be.' }),
  oldObject: rawExtension(10, { doc: 'The object as it is.' }),
  dryRun: bool(11, { pointer: true, doc: 'Whether nothing is to be stored.' }),
  options: rawExtension(12, { doc: 'The options of the request.' }),
})
export type AdmissionRequest = Static<typeof AdmissionRequest>

export const AdmissionResponse = message('AdmissionResponse', 'Admission response.', {
  uid: string(1, { always: true, doc: 'Unique over all time and space; set by the server.' }),
  allowed: bool(2, { always: true, doc: 'Whether it is allowed.' }),
  status: ref(3, Status, { doc: 'What is known.' }),
  patch: bytes(4, { doc: 'Changes of the object, as a JSON patch in base64.' }),
  patchType: string(5, { pointer: true, doc: 'The form of the change.' }),
  auditAnnotations: map(6, 'string', { doc: 'What to note in the audit log, by key.' }),
  warnings: list(7, 'string', { list: 'atomic', doc: 'What the client should hear.' }),
})
export type AdmissionResponse = Static<typeof AdmissionResponse>

export const AdmissionReview = object('AdmissionReview', 'Admission review.', {
  request: ref(1, AdmissionRequest, { doc: 'The question.' }),
  response: ref(2, AdmissionResponse, { doc: 'The answer.' }),
})
export type AdmissionReview = Static<typeof AdmissionReview>
