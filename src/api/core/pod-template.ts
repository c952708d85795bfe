import { formatLabels, text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { podSpecDefaults } from './pod-defaults.ts'
import { PodTemplate } from './v1.ts'
import { validateTemplate } from './validation/pod.ts'

/** podtemplates, v1. */
export const PodTemplates = defineKind(PodTemplate, {
  plural: 'podtemplates',
  namespaced: true,
  defaults: ({ template }) => podSpecDefaults(template.spec),
  validate: ({ template }, problems) => validateTemplate(template, 'template', problems),
  columns: [
    text('Containers', 'The names of the containers.', ({ template }) =>
      template.spec.containers.map(({ name }) => name).join(','),
    ),
    text('Images', 'The images of the containers.', ({ template }) =>
      template.spec.containers.map(({ image }) => image ?? '').join(','),
    ),
    text('Pod Labels', 'The labels that Pods get.', ({ template }) => formatLabels(template.metadata.labels)),
  ],
})
