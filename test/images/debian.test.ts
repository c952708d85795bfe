import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parsePackages } from './debian.ts'

describe('parsePackages', () => {
  it('reads name, version with its epoch, and file', () => {
    const output = [
      'Reading package lists...',
      "'http://mirror.test/pool/libaudit1_3.0.9-1_amd64.deb' libaudit1_1%3a3.0.9-1_amd64.deb 46764 MD5Sum:928a",
      "'http://mirror.test/pool/libstdc%2b%2b6_12.2.0-14_amd64.deb' libstdc++6_12.2.0-14_amd64.deb 612604 SHA256:0f",
    ].join('\n')
    assert.deepEqual(parsePackages(output), [
      { name: 'libaudit1', version: '1:3.0.9-1', file: 'libaudit1_1%3a3.0.9-1_amd64.deb' },
      { name: 'libstdc++6', version: '12.2.0-14', file: 'libstdc++6_12.2.0-14_amd64.deb' },
    ])
  })
})
