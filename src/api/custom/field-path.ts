/** Reads a value out of an object by a path such as `.spec.replicas` or `.status.conditions[?(@.type=="Ready")].status`. */
export type FieldPath = (object: unknown) => unknown

type Step = (value: unknown) => unknown

/** Makes a reader of a path in the small part of JSONPath that definitions use; undefined when it is none. */
export function fieldPath(text: string): FieldPath | undefined {
  const steps: Step[] = []
  let rest = text.replace(/^\{(.*)\}$/, '$1').replace(/^\$/, '')
  while (rest !== '') {
    const name = /^\.((?:[\w$/-]|\\.)+)/.exec(rest) ?? /^\[['"]([^'"]+)['"]\]/.exec(rest)
    const index = name === null ? /^\[(-?\d+|\*)\]/.exec(rest) : null
    const filter =
      name === null && index === null ? /^\[\?\(\s*@\.([\w.-]+)\s*==\s*['"]([^'"]*)['"]\s*\)\]/.exec(rest) : null
    const found = name ?? index ?? filter
    if (found === null) return undefined
    if (name !== null) steps.push(property(found[1]!.replaceAll(/\\(.)/g, '$1')))
    else if (index !== null) steps.push(element(index[1]!))
    else steps.push(first(found[1]!.split('.'), found[2]!))
    rest = rest.slice(found[0].length)
  }
  return (object) => {
    let value = object
    for (const step of steps) {
      if (value === undefined || value === null) return undefined
      value = step(value)
    }
    return value
  }
}

function property(name: string): Step {
  return (value) =>
    typeof value === 'object' && Object.hasOwn(value as object, name)
      ? (value as Record<string, unknown>)[name]
      : undefined
}

function element(index: string): Step {
  return (value) => (Array.isArray(value) ? value.at(index === '*' ? 0 : Number(index)) : undefined)
}

function first(path: readonly string[], wanted: string): Step {
  const read = path.map(property)
  return (value) =>
    Array.isArray(value)
      ? value.find(
          (item) => String(read.reduce<unknown>((at, step) => (at === undefined ? at : step(at)), item)) === wanted,
        )
      : undefined
}

/** Sets a value at a path of names only, in place; objects on the way that are not there are made. */
export function setField(object: object, path: string, value: unknown): void {
  const names = path.replace(/^\./, '').split('.')
  const last = names.pop()!
  let at = object as Record<string, unknown>
  for (const name of names) at = (at[name] ??= {}) as Record<string, unknown>
  at[last] = value
}
