import { portName, portNumber } from '../../meta/names.ts'
import type { Problems } from '../../meta/problems.ts'
import type { Container } from '../v1.ts'

/** Checks the number or the name of a port. */
export function validatePort(port: number | string | undefined, field: string, problems: Problems): void {
  if (port === undefined) return
  problems.invalidBy(typeof port === 'number' ? portNumber(port) : portName(port), field, port)
}

/** Checks the ports of one container. */
export function validateContainerPorts(
  { ports = [] }: Pick<Container, 'ports'>,
  field: string,
  problems: Problems,
): void {
  const names = new Set<string>()
  for (const [i, { name = '', containerPort, hostPort = 0 }] of ports.entries()) {
    const path = `${field}[${i}]`
    if (name !== '') {
      const wrong = portName(name)
      if (wrong.length > 0) problems.invalidBy(wrong, `${path}.name`, name)
      else if (names.has(name)) problems.duplicate(`${path}.name`, name)
      names.add(name)
    }
    if (containerPort === 0) problems.required(`${path}.containerPort`)
    else problems.invalidBy(portNumber(containerPort), `${path}.containerPort`, containerPort)
    if (hostPort !== 0) problems.invalidBy(portNumber(hostPort), `${path}.hostPort`, hostPort)
  }
}

/** Checks that no two containers ask for one port of the node. */
export function validateHostPorts(containers: readonly Container[], field: string, problems: Problems): void {
  const taken = new Set<string>()
  for (const [i, { ports = [] }] of containers.entries()) {
    for (const [j, { hostPort = 0, hostIP = '', protocol = 'TCP' }] of ports.entries()) {
      if (hostPort === 0) continue
      const port = `${protocol}/${hostIP}/${hostPort}`
      if (taken.has(port)) problems.duplicate(`${field}[${i}].ports[${j}].hostPort`, port)
      taken.add(port)
    }
  }
}
