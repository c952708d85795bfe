import type { Pod } from '../../../api/core/v1.ts'
import { parseAddress } from '../addresses.ts'
import { ElementBuilder } from './elements.ts'
import type { Elements } from './elements.ts'
import { frontendKey, nodePortKey, targetOf } from './plan.ts'

/** Pure. The ports of the node that lead to a pod of it. */
export function hostPortElements(pod: Pod): Elements {
  const elements = new ElementBuilder()
  const address = pod.status.podIP ?? ''
  const over = pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed'
  if (pod.spec.hostNetwork !== true && !over && parseAddress(address) !== undefined) {
    for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) {
      for (const { hostPort = 0, hostIP = '', protocol = 'TCP', containerPort } of container.ports ?? []) {
        if (hostPort === 0) continue
        const target = targetOf(address, containerPort)
        const any = parseAddress(hostIP) === undefined || hostIP === '0.0.0.0'
        if (any) elements.add('any_host_ports', nodePortKey(protocol.toLowerCase(), hostPort), target)
        else elements.add('host_ports', frontendKey(hostIP, protocol.toLowerCase(), hostPort), target)
      }
    }
  }
  return elements.build()
}
