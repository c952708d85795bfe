import type { Taint, Toleration } from './v1.ts'

/** Whether a toleration lets its Pod live with a taint. An empty key with `Exists` tolerates every taint. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false
  if (toleration.key && toleration.key !== taint.key) return false
  switch (toleration.operator) {
    case undefined:
    case 'Equal':
      return toleration.key !== undefined && (toleration.value ?? '') === (taint.value ?? '')
    case 'Exists':
      return true
    case 'Lt':
    case 'Gt':
      return comparesAs(toleration, taint)
    default:
      return false
  }
}

/** `Gt` tolerates taints whose number is greater than its own, `Lt` those whose number is less. */
function comparesAs({ operator, value = '' }: Toleration, taint: Taint): boolean {
  const number = /^-?(0|[1-9]\d*)$/
  if (!number.test(value) || !number.test(taint.value ?? '')) return false
  const [own, other] = [BigInt(value), BigInt(taint.value!)]
  return operator === 'Lt' ? other < own : other > own
}

/** The first taint of one of these effects that nothing tolerates. */
export function untolerated(
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[] | undefined,
  effects: readonly Taint['effect'][],
): Taint | undefined {
  return taints?.find(
    (taint) => effects.includes(taint.effect) && !(tolerations ?? []).some((one) => tolerates(one, taint)),
  )
}
