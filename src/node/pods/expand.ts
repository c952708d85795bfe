/**
 * Replaces `$(NAME)` by what `lookup` knows; what it does not know stays as it is, and `$$` is a plain `$`, so that
 * `$$(NAME)` is never replaced.
 */
export function expand(text: string, lookup: (name: string) => string | undefined): string {
  if (!text.includes('$')) return text
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (whole, name: string | undefined) => {
    if (name === undefined) return '$'
    return lookup(name) ?? whole
  })
}
