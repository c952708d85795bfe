import { ObjectReference, PodTemplateSpec } from '../core/v1.ts'
import { LabelSelector, ListMeta, ObjectMeta } from '../meta/v1.ts'
import { bool, embed, groupVersion, int32, int64, list, ref, string, time } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({ group: 'batch', version: 'v1', proto: 'k8s.io.api.batch.v1' })

export const CompletionMode = ['NonIndexed', 'Indexed'] as const
export type CompletionMode = (typeof CompletionMode)[number]

export const ConcurrencyPolicy = ['Allow', 'Forbid', 'Replace'] as const
export type ConcurrencyPolicy = (typeof ConcurrencyPolicy)[number]

export const PodFailurePolicyAction = ['FailJob', 'FailIndex', 'Ignore', 'Count'] as const
export type PodFailurePolicyAction = (typeof PodFailurePolicyAction)[number]

export const PodFailurePolicyOnExitCodesOperator = ['In', 'NotIn'] as const
export type PodFailurePolicyOnExitCodesOperator = (typeof PodFailurePolicyOnExitCodesOperator)[number]

export const PodReplacementPolicy = ['TerminatingOrFailed', 'Failed'] as const
export type PodReplacementPolicy = (typeof PodReplacementPolicy)[number]

export const PodFailurePolicyOnExitCodesRequirement = message(
  'PodFailurePolicyOnExitCodesRequirement',
  'Pod failure policy on exit codes requirement.',
  {
    containerName: string(1, { pointer: true, doc: 'The name of the container.' }),
    operator: string(2, {
      required: true,
      enum: PodFailurePolicyOnExitCodesOperator,
      doc: 'How key and values are compared.',
    }),
    values: list(3, 'int32', { required: true, list: 'set', doc: 'The values.' }),
  },
)
export type PodFailurePolicyOnExitCodesRequirement = Static<typeof PodFailurePolicyOnExitCodesRequirement>

export const PodFailurePolicyOnPodConditionsPattern = message(
  'PodFailurePolicyOnPodConditionsPattern',
  'Pod failure policy on pod conditions pattern.',
  {
    type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
    status: string(2, { always: true, default: 'True', doc: 'What is known.' }),
  },
)
export type PodFailurePolicyOnPodConditionsPattern = Static<typeof PodFailurePolicyOnPodConditionsPattern>

export const PodFailurePolicyRule = message('PodFailurePolicyRule', 'Pod failure policy rule.', {
  action: string(1, { required: true, enum: PodFailurePolicyAction, doc: 'What follows.' }),
  onExitCodes: ref(2, PodFailurePolicyOnExitCodesRequirement, { doc: 'Exit codes that it is about.' }),
  onPodConditions: list(3, PodFailurePolicyOnPodConditionsPattern, {
    list: 'atomic',
    doc: 'Conditions of the Pod that it is about.',
  }),
})
export type PodFailurePolicyRule = Static<typeof PodFailurePolicyRule>

export const PodFailurePolicy = message('PodFailurePolicy', 'Pod failure policy.', {
  rules: list(1, PodFailurePolicyRule, { required: true, list: 'atomic', doc: 'The rules.' }),
})
export type PodFailurePolicy = Static<typeof PodFailurePolicy>

export const SuccessPolicyRule = message('SuccessPolicyRule', 'Success policy rule.', {
  succeededIndexes: string(1, { pointer: true, doc: 'Indices of which enough have to succeed, such as 1,3-5.' }),
  succeededCount: int32(2, { pointer: true, doc: 'How many indices have to succeed.' }),
})
export type SuccessPolicyRule = Static<typeof SuccessPolicyRule>

export const SuccessPolicy = message('SuccessPolicy', 'Success policy.', {
  rules: list(1, SuccessPolicyRule, { required: true, list: 'atomic', doc: 'The rules.' }),
})
export type SuccessPolicy = Static<typeof SuccessPolicy>

export const JobSpec = message('JobSpec', 'How often to run which Pod, and when to give up.', {
  parallelism: int32(1, { pointer: true, doc: 'How many Pods may run at once.' }),
  completions: int32(2, { pointer: true, doc: 'How many Pods have to succeed.' }),
  activeDeadlineSeconds: int64(3, { pointer: true, doc: 'How long it may run at all, in seconds.' }),
  podFailurePolicy: ref(11, PodFailurePolicy, { doc: 'What failures of Pods mean.' }),
  successPolicy: ref(16, SuccessPolicy, { doc: 'When the Job has succeeded before all Pods have.' }),
  backoffLimit: int32(7, { pointer: true, doc: 'How many Pods may fail before the Job does.' }),
  backoffLimitPerIndex: int32(12, { pointer: true, doc: 'How many Pods of one index may fail before the index does.' }),
  maxFailedIndexes: int32(13, { pointer: true, doc: 'How many indices may fail before the Job does.' }),
  selector: ref(4, LabelSelector, { doc: 'Which objects are meant, by their labels.' }),
  manualSelector: bool(5, { pointer: true, doc: "Whether the selector is the user's own." }),
  template: embed(6, PodTemplateSpec, { required: true, doc: 'What new ones look like.' }),
  ttlSecondsAfterFinished: int32(8, { pointer: true, doc: 'How long it stays after its end, in seconds.' }),
  completionMode: string(9, {
    pointer: true,
    enum: CompletionMode,
    doc: 'Whether Pods are all alike or each has an index.',
  }),
  suspend: bool(10, { pointer: true, doc: 'Whether it is put off.' }),
  podReplacementPolicy: string(14, {
    pointer: true,
    enum: PodReplacementPolicy,
    doc: 'Whether a Pod is replaced when it is about to end or when it has ended.',
  }),
  managedBy: string(15, { pointer: true, doc: 'Who manages it.' }),
})
export type JobSpec = Static<typeof JobSpec>

export const JobTemplateSpec = message('JobTemplateSpec', 'What is wanted of the job template.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, JobSpec, { doc: 'What is wanted.' }),
})
export type JobTemplateSpec = Static<typeof JobTemplateSpec>

export const CronJobSpec = message('CronJobSpec', 'What is wanted of the cron job.', {
  schedule: string(1, { required: true, doc: 'When, in the form of cron.' }),
  timeZone: string(8, { pointer: true, doc: 'The time zone of the schedule.' }),
  startingDeadlineSeconds: int64(2, { pointer: true, doc: 'How late it may start, in seconds.' }),
  concurrencyPolicy: string(3, {
    default: 'Allow',
    enum: ConcurrencyPolicy,
    doc: 'What to do when the time comes and the last Job still runs.',
  }),
  suspend: bool(4, { pointer: true, default: false, doc: 'Whether it is put off.' }),
  jobTemplate: embed(5, JobTemplateSpec, { required: true, doc: 'What new Jobs look like.' }),
  successfulJobsHistoryLimit: int32(6, { pointer: true, default: 3, doc: 'How many successful Jobs are kept.' }),
  failedJobsHistoryLimit: int32(7, { pointer: true, default: 1, doc: 'How many failed Jobs are kept.' }),
})
export type CronJobSpec = Static<typeof CronJobSpec>

export const CronJobStatus = message('CronJobStatus', 'What is known of the cron job.', {
  active: list(1, ObjectReference, { list: 'atomic', doc: 'Jobs that run.' }),
  lastScheduleTime: time(4, { pointer: true, doc: 'When a Job was last started.' }),
  lastSuccessfulTime: time(5, { pointer: true, doc: 'When a Job last succeeded.' }),
})
export type CronJobStatus = Static<typeof CronJobStatus>

export const CronJob = object('CronJob', 'Starts a Job at certain times.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, CronJobSpec, { required: true, omitempty: true, doc: 'What is wanted.' }),
  status: embed(3, CronJobStatus, { doc: 'What is known.' }),
})
export type CronJob = Static<typeof CronJob>

export const CronJobList = object('CronJobList', 'A page of cron job objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, CronJob, { required: true, doc: 'The objects.' }),
})
export type CronJobList = Static<typeof CronJobList>

export const JobCondition = message('JobCondition', 'One thing that holds, or does not, of the job.', {
  type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
  status: string(2, { required: true, doc: 'What is known.' }),
  lastProbeTime: time(3, { doc: 'When it was last looked at.' }),
  lastTransitionTime: time(4, { doc: 'When it last changed.' }),
  reason: string(5, { doc: 'Why, in one word.' }),
  message: string(6, { doc: 'What happened, for people to read.' }),
})
export type JobCondition = Static<typeof JobCondition>

export const UncountedTerminatedPods = message('UncountedTerminatedPods', 'Uncounted terminated pods.', {
  succeeded: list(1, 'string', { list: 'set', doc: 'Pods that have succeeded and were not counted yet.' }),
  failed: list(2, 'string', { list: 'set', doc: 'Pods that have failed and were not counted yet.' }),
})
export type UncountedTerminatedPods = Static<typeof UncountedTerminatedPods>

export const JobStatus = message('JobStatus', 'What is known of the job.', {
  conditions: list(1, JobCondition, {
    list: 'atomic',
    patchStrategy: 'merge',
    mergeKey: 'type',
    doc: 'What holds now, and since when.',
  }),
  startTime: time(2, { pointer: true, doc: 'When it began.' }),
  completionTime: time(3, { pointer: true, doc: 'When it succeeded.' }),
  active: int32(4, { doc: 'How many Pods run or wait.' }),
  succeeded: int32(5, { doc: 'How many Pods have succeeded.' }),
  failed: int32(6, { doc: 'How many Pods have failed.' }),
  terminating: int32(11, { pointer: true, doc: 'How many Pods are about to end.' }),
  completedIndexes: string(7, { doc: 'Indices that have succeeded, such as 1,3-5.' }),
  failedIndexes: string(10, { pointer: true, doc: 'Indices that have failed, such as 1,3-5.' }),
  uncountedTerminatedPods: ref(8, UncountedTerminatedPods, { doc: 'Pods that have ended and were not counted yet.' }),
  ready: int32(9, { pointer: true, doc: 'How many Pods are ready.' }),
})
export type JobStatus = Static<typeof JobStatus>

export const Job = object('Job', 'Runs Pods until enough of them have succeeded.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, JobSpec, { doc: 'What is wanted.' }),
  status: embed(3, JobStatus, { doc: 'What is known.' }),
})
export type Job = Static<typeof Job>

export const JobList = object('JobList', 'A page of job objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, Job, { required: true, doc: 'The objects.' }),
})
export type JobList = Static<typeof JobList>
