import { ListMeta, ObjectMeta, Status } from '../meta/v1.ts'
import {
  bool,
  bytes,
  double,
  embed,
  groupVersion,
  int32,
  int64,
  json,
  list,
  map,
  ref,
  string,
  time,
} from '../meta/schema.ts'
import type { Message, Static } from '../meta/schema.ts'

const { message, object, union } = groupVersion({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  proto: 'k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1',
})

export const FieldValueErrorReason = [
  'FieldValueRequired',
  'FieldValueDuplicate',
  'FieldValueInvalid',
  'FieldValueForbidden',
] as const
export type FieldValueErrorReason = (typeof FieldValueErrorReason)[number]

export const ConversionRequest = message('ConversionRequest', 'Conversion request.', {
  uid: string(1, { required: true, doc: 'Unique over all time and space; set by the server.' }),
  desiredAPIVersion: string(2, { required: true, doc: 'Desired API version.' }),
  objects: list(3, 'rawExtension', { required: true, list: 'atomic', doc: 'Objects.' }),
})
export type ConversionRequest = Static<typeof ConversionRequest>

export const ConversionResponse = message('ConversionResponse', 'Conversion response.', {
  uid: string(1, { required: true, doc: 'Unique over all time and space; set by the server.' }),
  convertedObjects: list(2, 'rawExtension', { required: true, list: 'atomic', doc: 'Converted objects.' }),
  result: embed(3, Status, { required: true, doc: 'Result.' }),
})
export type ConversionResponse = Static<typeof ConversionResponse>

export const ConversionReview = object('ConversionReview', 'Conversion review.', {
  request: ref(1, ConversionRequest, { doc: 'Request.' }),
  response: ref(2, ConversionResponse, { doc: 'Response.' }),
})
export type ConversionReview = Static<typeof ConversionReview>

export const CustomResourceColumnDefinition = message(
  'CustomResourceColumnDefinition',
  'Custom resource column definition.',
  {
    name: string(1, { required: true, doc: 'Its name.' }),
    type: string(2, { required: true, doc: 'Which of several kinds it is.' }),
    format: string(3, { doc: 'Format.' }),
    description: string(4, { doc: 'Description.' }),
    priority: int32(5, { doc: 'Which come first; from its class.' }),
    jsonPath: string(6, { required: true, doc: 'Json path.' }),
  },
)
export type CustomResourceColumnDefinition = Static<typeof CustomResourceColumnDefinition>

export const ServiceReference = message('ServiceReference', 'Service reference.', {
  namespace: string(1, { required: true, doc: 'The namespace that it lives in.' }),
  name: string(2, { required: true, doc: 'Its name.' }),
  path: string(3, { pointer: true, doc: 'The path.' }),
  port: int32(4, { pointer: true, default: 443, doc: 'The port.' }),
})
export type ServiceReference = Static<typeof ServiceReference>

export const WebhookClientConfig = message('WebhookClientConfig', 'Webhook client config.', {
  url: string(3, { pointer: true, doc: 'Url.' }),
  service: ref(1, ServiceReference, { doc: 'Service.' }),
  caBundle: bytes(2, { doc: 'Ca bundle.' }),
})
export type WebhookClientConfig = Static<typeof WebhookClientConfig>

export const WebhookConversion = message('WebhookConversion', 'Webhook conversion.', {
  clientConfig: ref(2, WebhookClientConfig, { doc: 'Client config.' }),
  conversionReviewVersions: list(3, 'string', { required: true, list: 'atomic', doc: 'Conversion review versions.' }),
})
export type WebhookConversion = Static<typeof WebhookConversion>

export const CustomResourceConversion = message('CustomResourceConversion', 'Custom resource conversion.', {
  strategy: string(1, { required: true, doc: 'How to replace the old by the new.' }),
  webhook: ref(2, WebhookConversion, { doc: 'Webhook.' }),
})
export type CustomResourceConversion = Static<typeof CustomResourceConversion>

export const CustomResourceDefinitionNames = message(
  'CustomResourceDefinitionNames',
  'Custom resource definition names.',
  {
    plural: string(1, { required: true, doc: 'Plural.' }),
    singular: string(2, { doc: 'Singular.' }),
    shortNames: list(3, 'string', { list: 'atomic', doc: 'Short names.' }),
    kind: string(4, { required: true, doc: 'The kind of the thing.' }),
    listKind: string(5, { doc: 'List kind.' }),
    categories: list(6, 'string', { list: 'atomic', doc: 'Categories.' }),
  },
)
export type CustomResourceDefinitionNames = Static<typeof CustomResourceDefinitionNames>

export const JSONSchemaPropsOrArray: Message<JSONSchemaPropsOrArray> = union(
  'JSONSchemaPropsOrArray',
  'JSON schema props or array.',
  'schemaOrArray',
  {
    schema: ref(1, () => JSONSchemaProps, { always: true, doc: 'Schema.' }),
    jSONSchemas: list(2, () => JSONSchemaProps, { always: true, list: 'atomic', doc: 'J SON schemas.' }),
  },
)
export type JSONSchemaPropsOrArray = JSONSchemaProps | JSONSchemaProps[]

export const JSONSchemaPropsOrBool: Message<JSONSchemaPropsOrBool> = union(
  'JSONSchemaPropsOrBool',
  'JSON schema props or bool.',
  'schemaOrBool',
  {
    allows: bool(1, { always: true, doc: 'Whether: allows.' }),
    schema: ref(2, () => JSONSchemaProps, { always: true, doc: 'Schema.' }),
  },
)
export type JSONSchemaPropsOrBool = JSONSchemaProps | boolean

export const JSONSchemaPropsOrStringArray: Message<JSONSchemaPropsOrStringArray> = union(
  'JSONSchemaPropsOrStringArray',
  'JSON schema props or string array.',
  'schemaOrStrings',
  {
    schema: ref(1, () => JSONSchemaProps, { always: true, doc: 'Schema.' }),
    property: list(2, 'string', { always: true, list: 'atomic', doc: 'Property.' }),
  },
)
export type JSONSchemaPropsOrStringArray = JSONSchemaProps | string[]

export const ExternalDocumentation = message('ExternalDocumentation', 'External documentation.', {
  description: string(1, { doc: 'Description.' }),
  url: string(2, { doc: 'Url.' }),
})
export type ExternalDocumentation = Static<typeof ExternalDocumentation>

export const ValidationRule = message('ValidationRule', 'Validation rule.', {
  rule: string(1, { required: true, doc: 'Rule.' }),
  message: string(2, { doc: 'What happened, for people to read.' }),
  messageExpression: string(3, { doc: 'Message expression.' }),
  reason: string(4, { pointer: true, enum: FieldValueErrorReason, doc: 'Why, in one word.' }),
  fieldPath: string(5, { doc: 'The path of the field.' }),
  optionalOldSelf: bool(6, { pointer: true, doc: 'Whether: optional old self.' }),
})
export type ValidationRule = Static<typeof ValidationRule>

export const JSONSchemaProps: Message<JSONSchemaProps> = message('JSONSchemaProps', 'JSON schema props.', {
  id: string(1, { doc: 'Id.' }),
  $schema: string(2, { doc: '$schema.' }),
  $ref: string(3, { pointer: true, doc: '$ref.' }),
  description: string(4, { doc: 'Description.' }),
  type: string(5, { doc: 'Which of several kinds it is.' }),
  format: string(6, { doc: 'Format.' }),
  title: string(7, { doc: 'Title.' }),
  default: json(8, { pointer: true, doc: 'What is taken when nothing is said.' }),
  maximum: double(9, { pointer: true, doc: 'Maximum.' }),
  exclusiveMaximum: bool(10, { doc: 'Whether: exclusive maximum.' }),
  minimum: double(11, { pointer: true, doc: 'Minimum.' }),
  exclusiveMinimum: bool(12, { doc: 'Whether: exclusive minimum.' }),
  maxLength: int64(13, { pointer: true, doc: 'Max length.' }),
  minLength: int64(14, { pointer: true, doc: 'Min length.' }),
  pattern: string(15, { doc: 'Pattern.' }),
  maxItems: int64(16, { pointer: true, doc: 'Max items.' }),
  minItems: int64(17, { pointer: true, doc: 'Min items.' }),
  uniqueItems: bool(18, { doc: 'Whether: unique items.' }),
  multipleOf: double(19, { pointer: true, doc: 'Multiple of.' }),
  enum: list(20, 'json', { list: 'atomic', doc: 'Enum.' }),
  maxProperties: int64(21, { pointer: true, doc: 'Max properties.' }),
  minProperties: int64(22, { pointer: true, doc: 'Min properties.' }),
  required: list(23, 'string', { list: 'atomic', doc: 'Required.' }),
  items: ref(24, () => JSONSchemaPropsOrArray, { doc: 'The objects.' }),
  allOf: list(25, () => JSONSchemaProps, { list: 'atomic', doc: 'All of.' }),
  oneOf: list(26, () => JSONSchemaProps, { list: 'atomic', doc: 'One of.' }),
  anyOf: list(27, () => JSONSchemaProps, { list: 'atomic', doc: 'Any of.' }),
  not: ref(28, () => JSONSchemaProps, { doc: 'Not.' }),
  properties: map(29, () => JSONSchemaProps, { doc: 'Properties, by key.' }),
  additionalProperties: ref(30, () => JSONSchemaPropsOrBool, { doc: 'Additional properties.' }),
  patternProperties: map(31, () => JSONSchemaProps, { doc: 'Pattern properties, by key.' }),
  dependencies: map(32, () => JSONSchemaPropsOrStringArray, { doc: 'Dependencies, by key.' }),
  additionalItems: ref(33, () => JSONSchemaPropsOrBool, { doc: 'Additional items.' }),
  definitions: map(34, () => JSONSchemaProps, { doc: 'Definitions, by key.' }),
  externalDocs: ref(35, ExternalDocumentation, { doc: 'External docs.' }),
  example: json(36, { pointer: true, doc: 'Example.' }),
  nullable: bool(37, { doc: 'Whether: nullable.' }),
  'x-kubernetes-preserve-unknown-fields': bool(38, {
    pointer: true,
    doc: 'Whether: x-kubernetes-preserve-unknown-fields.',
  }),
  'x-kubernetes-embedded-resource': bool(39, { doc: 'Whether: x-kubernetes-embedded-resource.' }),
  'x-kubernetes-int-or-string': bool(40, { doc: 'Whether: x-kubernetes-int-or-string.' }),
  'x-kubernetes-list-map-keys': list(41, 'string', { list: 'atomic', doc: 'X-kubernetes-list-map-keys.' }),
  'x-kubernetes-list-type': string(42, { pointer: true, doc: 'X-kubernetes-list-type.' }),
  'x-kubernetes-map-type': string(43, { pointer: true, doc: 'X-kubernetes-map-type.' }),
  'x-kubernetes-validations': list(44, ValidationRule, {
    list: 'map',
    keys: ['rule'],
    patchStrategy: 'merge',
    mergeKey: 'rule',
    doc: 'X-kubernetes-validations.',
  }),
})
export interface JSONSchemaProps {
  id?: string
  $schema?: string
  $ref?: string
  description?: string
  type?: string
  format?: string
  title?: string
  default?: unknown
  maximum?: number
  exclusiveMaximum?: boolean
  minimum?: number
  exclusiveMinimum?: boolean
  maxLength?: number
  minLength?: number
  pattern?: string
  maxItems?: number
  minItems?: number
  uniqueItems?: boolean
  multipleOf?: number
  enum?: unknown[]
  maxProperties?: number
  minProperties?: number
  required?: string[]
  items?: JSONSchemaPropsOrArray
  allOf?: JSONSchemaProps[]
  oneOf?: JSONSchemaProps[]
  anyOf?: JSONSchemaProps[]
  not?: JSONSchemaProps
  properties?: Record<string, JSONSchemaProps>
  additionalProperties?: JSONSchemaPropsOrBool
  patternProperties?: Record<string, JSONSchemaProps>
  dependencies?: Record<string, JSONSchemaPropsOrStringArray>
  additionalItems?: JSONSchemaPropsOrBool
  definitions?: Record<string, JSONSchemaProps>
  externalDocs?: ExternalDocumentation
  example?: unknown
  nullable?: boolean
  'x-kubernetes-preserve-unknown-fields'?: boolean
  'x-kubernetes-embedded-resource'?: boolean
  'x-kubernetes-int-or-string'?: boolean
  'x-kubernetes-list-map-keys'?: string[]
  'x-kubernetes-list-type'?: string
  'x-kubernetes-map-type'?: string
  'x-kubernetes-validations'?: ValidationRule[]
}

export const CustomResourceValidation = message('CustomResourceValidation', 'Custom resource validation.', {
  openAPIV3Schema: ref(1, JSONSchemaProps, { doc: 'Open APIV3 schema.' }),
})
export type CustomResourceValidation = Static<typeof CustomResourceValidation>

export const CustomResourceSubresourceStatus = message(
  'CustomResourceSubresourceStatus',
  'What is known of: custom resource subresource.',
  {},
)
export type CustomResourceSubresourceStatus = Static<typeof CustomResourceSubresourceStatus>

export const CustomResourceSubresourceScale = message(
  'CustomResourceSubresourceScale',
  'Custom resource subresource scale.',
  {
    specReplicasPath: string(1, { required: true, doc: 'Spec replicas path.' }),
    statusReplicasPath: string(2, { required: true, doc: 'Status replicas path.' }),
    labelSelectorPath: string(3, { pointer: true, doc: 'Label selector path.' }),
  },
)
export type CustomResourceSubresourceScale = Static<typeof CustomResourceSubresourceScale>

export const CustomResourceSubresources = message('CustomResourceSubresources', 'Custom resource subresources.', {
  status: ref(1, CustomResourceSubresourceStatus, { doc: 'What is known.' }),
  scale: ref(2, CustomResourceSubresourceScale, { doc: 'Scale.' }),
})
export type CustomResourceSubresources = Static<typeof CustomResourceSubresources>

export const SelectableField = message('SelectableField', 'Selectable field.', {
  jsonPath: string(1, { required: true, doc: 'Json path.' }),
})
export type SelectableField = Static<typeof SelectableField>

export const CustomResourceDefinitionVersion = message(
  'CustomResourceDefinitionVersion',
  'Custom resource definition version.',
  {
    name: string(1, { required: true, doc: 'Its name.' }),
    served: bool(2, { required: true, doc: 'Whether: served.' }),
    storage: bool(3, { required: true, doc: 'Whether: storage.' }),
    deprecated: bool(7, { doc: 'Whether: deprecated.' }),
    deprecationWarning: string(8, { pointer: true, doc: 'Deprecation warning.' }),
    schema: ref(4, CustomResourceValidation, { doc: 'Schema.' }),
    subresources: ref(5, CustomResourceSubresources, { doc: 'Subresources.' }),
    additionalPrinterColumns: list(6, CustomResourceColumnDefinition, {
      list: 'atomic',
      doc: 'Additional printer columns.',
    }),
    selectableFields: list(9, SelectableField, { list: 'atomic', doc: 'Selectable fields.' }),
  },
)
export type CustomResourceDefinitionVersion = Static<typeof CustomResourceDefinitionVersion>

export const CustomResourceDefinitionSpec = message(
  'CustomResourceDefinitionSpec',
  'What is wanted of: custom resource definition.',
  {
    group: string(1, { required: true, doc: 'Group.' }),
    names: embed(3, CustomResourceDefinitionNames, { required: true, doc: 'Names.' }),
    scope: string(4, { required: true, doc: 'What it reaches over.' }),
    versions: list(7, CustomResourceDefinitionVersion, { required: true, list: 'atomic', doc: 'Versions.' }),
    conversion: ref(9, CustomResourceConversion, { default: { strategy: 'None' }, doc: 'Conversion.' }),
    preserveUnknownFields: bool(10, { doc: 'Whether: preserve unknown fields.' }),
  },
)
export type CustomResourceDefinitionSpec = Static<typeof CustomResourceDefinitionSpec>

export const CustomResourceDefinitionCondition = message(
  'CustomResourceDefinitionCondition',
  'One thing that holds, or does not, of: custom resource definition.',
  {
    type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
    status: string(2, { required: true, doc: 'What is known.' }),
    lastTransitionTime: time(3, { doc: 'When it last changed.' }),
    reason: string(4, { doc: 'Why, in one word.' }),
    message: string(5, { doc: 'What happened, for people to read.' }),
    observedGeneration: int64(6, { doc: 'The generation that this was written for.' }),
  },
)
export type CustomResourceDefinitionCondition = Static<typeof CustomResourceDefinitionCondition>

export const CustomResourceDefinitionStatus = message(
  'CustomResourceDefinitionStatus',
  'What is known of: custom resource definition.',
  {
    conditions: list(1, CustomResourceDefinitionCondition, {
      always: true,
      list: 'map',
      keys: ['type'],
      doc: 'What holds now, and since when.',
    }),
    acceptedNames: embed(2, CustomResourceDefinitionNames, { always: true, doc: 'Accepted names.' }),
    storedVersions: list(3, 'string', { always: true, list: 'atomic', doc: 'Stored versions.' }),
    observedGeneration: int64(4, { doc: 'The generation that this was written for.' }),
  },
)
export type CustomResourceDefinitionStatus = Static<typeof CustomResourceDefinitionStatus>

export const CustomResourceDefinition = object('CustomResourceDefinition', 'A kind that somebody adds to the API.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, CustomResourceDefinitionSpec, { required: true, doc: 'What is wanted.' }),
  status: embed(3, CustomResourceDefinitionStatus, { doc: 'What is known.' }),
})
export type CustomResourceDefinition = Static<typeof CustomResourceDefinition>

export const CustomResourceDefinitionList = object(
  'CustomResourceDefinitionList',
  'A page of objects: custom resource definition.',
  {
    metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
    items: list(2, CustomResourceDefinition, { required: true, doc: 'The objects.' }),
  },
)
export type CustomResourceDefinitionList = Static<typeof CustomResourceDefinitionList>
