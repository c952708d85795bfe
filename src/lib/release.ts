import { readFileSync } from 'node:fs'

/** Which version of wherry this is, from the package it lies in. */
export function release(): string {
  const file = new URL(import.meta.url.endsWith('.ts') ? '../../package.json' : '../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

/** Whose API this speaks, as nodes say it. */
export const kubernetesVersion = 'v1.36.0'
