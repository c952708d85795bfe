/** Attributes that hold an address, by the elements that have them. */
const TAG =
  /<(?:a|area|applet|audio|base|blockquote|body|button|command|del|embed|form|frame|head|html|iframe|img|input|ins|link|object|q|script|source|track|video)\b[^>]*>/gi
const ADDRESS =
  /(\s(?:action|background|cite|classid|codebase|data|formaction|href|icon|longdesc|manifest|poster|profile|src|usemap)\s*=\s*)(?:"([^"]*)"|'([^']*)')/gi

/** Makes the links of a page lead to where `rewrite` says, so that a page behind a proxy stays behind it. */
export function rewriteHtml(html: string, rewrite: (address: string) => string): string {
  return html.replace(TAG, (tag) =>
    tag.replace(ADDRESS, (whole, before: string, double?: string, single?: string) => {
      const address = double ?? single ?? ''
      const next = rewrite(address)
      return next === address ? whole : `${before}"${next}"`
    }),
  )
}
