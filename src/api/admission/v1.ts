import { UserInfo } from '../authentication/v1.ts'
import { GroupVersionKind, GroupVersionResource, Status } from '../meta/v1.ts'
import { bool, bytes, embed, groupVersion, list, map, rawExtension, ref, string } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({ group: 'admission.k8s.io', version: 'v1', proto: 'k8s.io.api.admission.v1' })

export const AdmissionRequest = message('AdmissionRequest', 'Admission request.', {
  uid: string(1, { always: true, doc: 'Unique over all time and space; set by the server.' }),
  kind: embed(2, GroupVersionKind, { always: true, doc: 'The kind of the thing.' }),
  resource: embed(3, GroupVersionResource, { always: true, doc: 'Resource.' }),
  subResource: string(4, { doc: 'Sub resource.' }),
  requestKind: ref(13, GroupVersionKind, { doc: 'Request kind.' }),
  requestResource: ref(14, GroupVersionResource, { doc: 'Request resource.' }),
  requestSubResource: string(15, { doc: 'Request sub resource.' }),
  name: string(5, { doc: 'Its name.' }),
  namespace: string(6, { doc: 'The namespace that it lives in.' }),
  operation: string(7, { always: true, doc: 'Operation.' }),
  userInfo: embed(8, UserInfo, { always: true, doc: 'User info.' }),
  object: rawExtension(9, { doc: 'Object.' }),
  oldObject: rawExtension(10, { doc: 'Old object.' }),
  dryRun: bool(11, { pointer: true, doc: 'Whether: dry run.' }),
  options: rawExtension(12, { doc: 'Options.' }),
})
export type AdmissionRequest = Static<typeof AdmissionRequest>

export const AdmissionResponse = message('AdmissionResponse', 'Admission response.', {
  uid: string(1, { always: true, doc: 'Unique over all time and space; set by the server.' }),
  allowed: bool(2, { always: true, doc: 'Whether: allowed.' }),
  status: ref(3, Status, { doc: 'What is known.' }),
  patch: bytes(4, { doc: 'Patch.' }),
  patchType: string(5, { pointer: true, doc: 'Patch type.' }),
  auditAnnotations: map(6, 'string', { doc: 'Audit annotations, by key.' }),
  warnings: list(7, 'string', { list: 'atomic', doc: 'Warnings.' }),
})
export type AdmissionResponse = Static<typeof AdmissionResponse>

export const AdmissionReview = object('AdmissionReview', 'Admission review.', {
  request: ref(1, AdmissionRequest, { doc: 'Request.' }),
  response: ref(2, AdmissionResponse, { doc: 'Response.' }),
})
export type AdmissionReview = Static<typeof AdmissionReview>
