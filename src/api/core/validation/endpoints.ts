import { dns1123Label, portNumber } from '../../meta/names.ts'
import type { Problems } from '../../meta/problems.ts'
import type { EndpointAddress, EndpointPort, Endpoints } from '../v1.ts'
import { validateAddress } from './addresses.ts'

/** Checks the addresses behind a Service. */
export function validateEndpoints({ subsets = [] }: Endpoints, problems: Problems): void {
  for (const [i, { addresses = [], notReadyAddresses = [], ports = [] }] of subsets.entries()) {
    const field = `subsets[${i}]`
    if (addresses.length === 0 && notReadyAddresses.length === 0) {
      problems.required(field, 'must specify `addresses` or `notReadyAddresses`')
    }
    addresses.forEach((one, j) => validateEndpoint(one, `${field}.addresses[${j}]`, problems))
    notReadyAddresses.forEach((one, j) => validateEndpoint(one, `${field}.notReadyAddresses[${j}]`, problems))
    ports.forEach((port, j) => validateEndpointPort(port, ports.length > 1, `${field}.ports[${j}]`, problems))
  }
}

function validateEndpoint({ ip, hostname = '' }: EndpointAddress, field: string, problems: Problems): void {
  validateAddress(ip, `${field}.ip`, problems)
  if (/^(0\.0\.0\.0$|127\.|169\.254\.|224\.0\.0\.|::1?$|fe80:|ff02:)/.test(ip)) {
    problems.invalid(`${field}.ip`, ip, 'may not be an unspecified, loopback or link-local address')
  }
  if (hostname !== '') problems.invalidBy(dns1123Label(hostname), `${field}.hostname`, hostname)
}

function validateEndpointPort(
  { name = '', port }: EndpointPort,
  needsName: boolean,
  field: string,
  problems: Problems,
): void {
  if (name !== '') problems.invalidBy(dns1123Label(name), `${field}.name`, name)
  else if (needsName) problems.required(`${field}.name`)
  problems.invalidBy(portNumber(port), `${field}.port`, port)
}
