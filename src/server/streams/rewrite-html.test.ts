import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { rewriteHtml } from './rewrite-html.ts'

describe('rewriteHtml', () => {
  const rewrite = (address: string): string => (address.startsWith('/') ? `/proxy${address}` : address)

  it('changes the addresses of links, and nothing else', () => {
    assert.equal(
      rewriteHtml(`<p title="/x"><a class=y href="/one">/two</a><IMG SRC='/three.png'><a href="four">`, rewrite),
      `<p title="/x"><a class=y href="/proxy/one">/two</a><IMG SRC="/proxy/three.png"><a href="four">`,
    )
  })
})
