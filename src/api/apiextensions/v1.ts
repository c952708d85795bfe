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
  desiredAPIVersion: string(2, { required: true, doc: 'The version that is wanted.' }),
  objects: list(3, 'rawExtension', { required: true, list: 'atomic', doc: 'The objects.' }),
})
export type ConversionRequest = Static<typeof ConversionRequest>

export const ConversionResponse = message('ConversionResponse', 'Conversion response.', {
  uid: string(1, { required: true, doc: 'Unique over all time and space; set by the server.' }),
  convertedObjects: list(2, 'rawExtension', {
    required: true,
    list: 'atomic',
    doc: 'The objects in the version that was wanted.',
  }),
  result: embed(3, Status, { required: true, doc: 'Whether it worked.' }),
})
export type ConversionResponse = Static<typeof ConversionResponse>

export const ConversionReview = object('ConversionReview', 'Conversion review.', {
  request: ref(1, ConversionRequest, { doc: 'The question.' }),
  response: ref(2, ConversionResponse, { doc: 'The answer.' }),
})
export type ConversionReview = Static<typeof ConversionReview>

export const CustomResourceColumnDefinition = message(
  'CustomResourceColumnDefinition',
  'Custom resource column definition.',
  {
    name: string(1, { required: true, doc: 'Its name.' }),
    type: string(2, { required: true, doc: 'Which of several kinds it is.' }),
    format: string(3, { doc: 'A hint about the form of the value.' }),
    description: string(4, { doc: 'What it is for.' }),
    priority: int32(5, { doc: 'Which come first; from its class.' }),
    jsonPath: string(6, { required: true, doc: 'The path of the field.' }),
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
  url: string(3, { pointer: true, doc: 'Where it is.' }),
  service: ref(1, ServiceReference, { doc: 'The Service that answers.' }),
  caBundle: bytes(2, { doc: 'Certificates of authorities, as PEM in base64.' }),
})
export type WebhookClientConfig = Static<typeof WebhookClientConfig>

export const WebhookConversion = message('WebhookConversion', 'Webhook conversion.', {
  clientConfig: ref(2, WebhookClientConfig, { doc: 'How to reach it.' }),
  conversionReviewVersions: list(3, 'string', {
    required: true,
    list: 'atomic',
    doc: 'The versions of the question that it understands.',
  }),
})
export type WebhookConversion = Static<typeof WebhookConversion>

export const CustomResourceConversion = message('CustomResourceConversion', 'Custom resource conversion.', {
  strategy: string(1, { required: true, doc: 'How to replace the old by the new.' }),
  webhook: ref(2, WebhookConversion, { doc: 'The server that converts.' }),
})
export type CustomResourceConversion = Static<typeof CustomResourceConversion>

export const CustomResourceDefinitionNames = message(
  'CustomResourceDefinitionNames',
  'Custom resource definition names.',
  {
    plural: string(1, { required: true, doc: 'The name in paths.' }),
    singular: string(2, { doc: 'The name of one of them.' }),
    shortNames: list(3, 'string', { list: 'atomic', doc: 'Short names for typing.' }),
    kind: string(4, { required: true, doc: 'The kind of the thing.' }),
    listKind: string(5, { doc: 'The kind of lists.' }),
    categories: list(6, 'string', { list: 'atomic', doc: 'Groups of kinds that are listed together, such as all.' }),
  },
)
export type CustomResourceDefinitionNames = Static<typeof CustomResourceDefinitionNames>

export const JSONSchemaPropsOrArray: Message<JSONSchemaPropsOrArray> = union(
  'JSONSchemaPropsOrArray',
  'JSON schema props or array.',
  'schemaOrArray',
  {
    schema: ref(1, () => JSONSchemaProps, { always: true, doc: 'What objects look like.' }),
    jSONSchemas: list(2, () => JSONSchemaProps, { always: true, list: 'atomic', doc: 'Schemas, one for each item.' }),
  },
)
export type JSONSchemaPropsOrArray = JSONSchemaProps | JSONSchemaProps[]

export const JSONSchemaPropsOrBool: Message<JSONSchemaPropsOrBool> = union(
  'JSONSchemaPropsOrBool',
  'JSON schema props or bool.',
  'schemaOrBool',
  {
    allows: bool(1, { always: true, doc: 'Whether any value will do.' }),
    schema: ref(2, () => JSONSchemaProps, { always: true, doc: 'What objects look like.' }),
  },
)
export type JSONSchemaPropsOrBool = JSONSchemaProps | boolean

export const JSONSchemaPropsOrStringArray: Message<JSONSchemaPropsOrStringArray> = union(
  'JSONSchemaPropsOrStringArray',
  'JSON schema props or string array.',
  'schemaOrStrings',
  {
    schema: ref(1, () => JSONSchemaProps, { always: true, doc: 'What objects look like.' }),
    property: list(2, 'string', { always: true, list: 'atomic', doc: 'Names of properties.' }),
  },
)
export type JSONSchemaPropsOrStringArray = JSONSchemaProps | string[]

export const ExternalDocumentation = message('ExternalDocumentation', 'External documentation.', {
  description: string(1, { doc: 'What it is for.' }),
  url: string(2, { doc: 'Where it is.' }),
})
export type ExternalDocumentation = Static<typeof ExternalDocumentation>

export const ValidationRule = message('ValidationRule', 'Validation rule.', {
  rule: string(1, { required: true, doc: 'The rule, an expression in CEL.' }),
  message: string(2, { doc: 'What happened, for people to read.' }),
  messageExpression: string(3, { doc: 'An expression in CEL that gives the message.' }),
  reason: string(4, { pointer: true, enum: FieldValueErrorReason, doc: 'Why, in one word.' }),
  fieldPath: string(5, { doc: 'The path of the field.' }),
  optionalOldSelf: bool(6, { pointer: true, doc: 'Whether the rule also runs when there was no value before.' }),
})
export type ValidationRule = Static<typeof ValidationRule>

export const JSONSchemaProps: Message<JSONSchemaProps> = message('JSONSchemaProps', 'JSON schema props.', {
  id: string(1, { doc: 'Id.' }),
  $schema: string(2, { doc: 'The dialect of the schema.' }),
  $ref: string(3, { pointer: true, doc: 'The address of another schema; not allowed here.' }),
  description: string(4, { doc: 'What it is for.' }),
  type: string(5, { doc: 'Which of several kinds it is.' }),
  format: string(6, { doc: 'A hint about the form of the value.' }),
  title: string(7, { doc: 'A short name.' }),
  default: json(8, { pointer: true, doc: 'The value of an absent field.' }),
  maximum: double(9, { pointer: true, doc: 'The greatest number.' }),
  exclusiveMaximum: bool(10, { doc: 'Whether the maximum itself is too much.' }),
  minimum: double(11, { pointer: true, doc: 'The least number.' }),
  exclusiveMinimum: bool(12, { doc: 'Whether the minimum itself is too little.' }),
  maxLength: int64(13, { pointer: true, doc: 'The most characters.' }),
  minLength: int64(14, { pointer: true, doc: 'The least characters.' }),
  pattern: string(15, { doc: 'A regular expression that the text has to match.' }),
  maxItems: int64(16, { pointer: true, doc: 'The most items.' }),
  minItems: int64(17, { pointer: true, doc: 'The least items.' }),
  uniqueItems: bool(18, { doc: 'Whether no two items may be equal.' }),
  multipleOf: double(19, { pointer: true, doc: 'A number that divides the value.' }),
  enum: list(20, 'json', { list: 'atomic', doc: 'The values that are allowed.' }),
  maxProperties: int64(21, { pointer: true, doc: 'The most properties.' }),
  minProperties: int64(22, { pointer: true, doc: 'The least properties.' }),
  required: list(23, 'string', { list: 'atomic', doc: 'Properties that have to be there.' }),
  items: ref(24, () => JSONSchemaPropsOrArray, { doc: 'The schema of the items.' }),
  allOf: list(25, () => JSONSchemaProps, { list: 'atomic', doc: 'Schemas that all have to hold.' }),
  oneOf: list(26, () => JSONSchemaProps, { list: 'atomic', doc: 'Schemas of which exactly one has to hold.' }),
  anyOf: list(27, () => JSONSchemaProps, { list: 'atomic', doc: 'Schemas of which one has to hold.' }),
  not: ref(28, () => JSONSchemaProps, { doc: 'A schema that must not hold.' }),
  properties: map(29, () => JSONSchemaProps, { doc: 'The schemas of the properties, by name.' }),
  additionalProperties: ref(30, () => JSONSchemaPropsOrBool, { doc: 'The schema of properties that are not named.' }),
  patternProperties: map(31, () => JSONSchemaProps, { doc: 'The schemas of properties whose name matches.' }),
  dependencies: map(32, () => JSONSchemaPropsOrStringArray, { doc: 'What has to hold when a property is there.' }),
  additionalItems: ref(33, () => JSONSchemaPropsOrBool, { doc: 'The schema of items that are not named.' }),
  definitions: map(34, () => JSONSchemaProps, { doc: 'Schemas under names.' }),
  externalDocs: ref(35, ExternalDocumentation, { doc: 'Where to read more.' }),
  example: json(36, { pointer: true, doc: 'A value as an example.' }),
  nullable: bool(37, { doc: 'Whether null is a value.' }),
  'x-kubernetes-preserve-unknown-fields': bool(38, {
    pointer: true,
    doc: 'Whether fields that the schema does not know are kept.',
  }),
  'x-kubernetes-embedded-resource': bool(39, {
    doc: 'Whether the value is an object of the API, with metadata of its own.',
  }),
  'x-kubernetes-int-or-string': bool(40, { doc: 'Whether the value is a whole number or a text.' }),
  'x-kubernetes-list-map-keys': list(41, 'string', { list: 'atomic', doc: 'The keys by which items find each other.' }),
  'x-kubernetes-list-type': string(42, { pointer: true, doc: 'How lists are merged: atomic, set or map.' }),
  'x-kubernetes-map-type': string(43, { pointer: true, doc: 'How maps are merged: granular or atomic.' }),
  'x-kubernetes-validations': list(44, ValidationRule, {
    list: 'map',
    keys: ['rule'],
    patchStrategy: 'merge',
    mergeKey: 'rule',
    doc: 'Rules in CEL that the value has to meet.',
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
  openAPIV3Schema: ref(1, JSONSchemaProps, { doc: 'What objects look like.' }),
})
export type CustomResourceValidation = Static<typeof CustomResourceValidation>

export const CustomResourceSubresourceStatus = message(
  'CustomResourceSubresourceStatus',
  'What is known of the custom resource subresource.',
  {},
)
export type CustomResourceSubresourceStatus = Static<typeof CustomResourceSubresourceStatus>

export const CustomResourceSubresourceScale = message(
  'CustomResourceSubresourceScale',
  'Custom resource subresource scale.',
  {
    specReplicasPath: string(1, { required: true, doc: 'The path of the number that is wanted.' }),
    statusReplicasPath: string(2, { required: true, doc: 'The path of the number that there is.' }),
    labelSelectorPath: string(3, { pointer: true, doc: 'The path of the selector of the Pods.' }),
  },
)
export type CustomResourceSubresourceScale = Static<typeof CustomResourceSubresourceScale>

export const CustomResourceSubresources = message('CustomResourceSubresources', 'Custom resource subresources.', {
  status: ref(1, CustomResourceSubresourceStatus, { doc: 'What is known.' }),
  scale: ref(2, CustomResourceSubresourceScale, { doc: 'How it grows and shrinks.' }),
})
export type CustomResourceSubresources = Static<typeof CustomResourceSubresources>

export const SelectableField = message('SelectableField', 'Selectable field.', {
  jsonPath: string(1, { required: true, doc: 'The path of the field.' }),
})
export type SelectableField = Static<typeof SelectableField>

export const CustomResourceDefinitionVersion = message(
  'CustomResourceDefinitionVersion',
  'Custom resource definition version.',
  {
    name: string(1, { required: true, doc: 'Its name.' }),
    served: bool(2, { required: true, doc: 'Whether this version can be used.' }),
    storage: bool(3, { required: true, doc: 'Whether objects are stored in this version.' }),
    deprecated: bool(7, { doc: 'Whether this version should no longer be used.' }),
    deprecationWarning: string(8, { pointer: true, doc: 'What clients hear who use this version.' }),
    schema: ref(4, CustomResourceValidation, { doc: 'What objects look like.' }),
    subresources: ref(5, CustomResourceSubresources, { doc: 'What there is below the objects.' }),
    additionalPrinterColumns: list(6, CustomResourceColumnDefinition, { list: 'atomic', doc: 'Columns for listing.' }),
    selectableFields: list(9, SelectableField, { list: 'atomic', doc: 'Fields by which objects can be chosen.' }),
  },
)
export type CustomResourceDefinitionVersion = Static<typeof CustomResourceDefinitionVersion>

export const CustomResourceDefinitionSpec = message(
  'CustomResourceDefinitionSpec',
  'What is wanted of the custom resource definition.',
  {
    group: string(1, { required: true, doc: 'The API group; * is all.' }),
    names: embed(3, CustomResourceDefinitionNames, { required: true, doc: 'How the kind is called.' }),
    scope: string(4, { required: true, doc: 'What it reaches over.' }),
    versions: list(7, CustomResourceDefinitionVersion, { required: true, list: 'atomic', doc: 'The versions.' }),
    conversion: ref(9, CustomResourceConversion, {
      default: { strategy: 'None' },
      doc: 'How objects get from one version to another.',
    }),
    preserveUnknownFields: bool(10, {
      doc: 'Whether fields that the schema does not know are kept; it has to be false.',
    }),
  },
)
export type CustomResourceDefinitionSpec = Static<typeof CustomResourceDefinitionSpec>

export const CustomResourceDefinitionCondition = message(
  'CustomResourceDefinitionCondition',
  'One thing that holds, or does not, of the custom resource definition.',
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
  'What is known of the custom resource definition.',
  {
    conditions: list(1, CustomResourceDefinitionCondition, {
      always: true,
      list: 'map',
      keys: ['type'],
      doc: 'What holds now, and since when.',
    }),
    acceptedNames: embed(2, CustomResourceDefinitionNames, { always: true, doc: 'The names that it got.' }),
    storedVersions: list(3, 'string', {
      always: true,
      list: 'atomic',
      doc: 'Versions in which objects may be stored.',
    }),
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
  'A page of custom resource definition objects.',
  {
    metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
    items: list(2, CustomResourceDefinition, { required: true, doc: 'The objects.' }),
  },
)
export type CustomResourceDefinitionList = Static<typeof CustomResourceDefinitionList>
