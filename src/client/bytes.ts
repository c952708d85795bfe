/** The whole of a stream as one buffer; throws what the stream throws. */
export async function readAll(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = []
  for await (const chunk of chunks) all.push(chunk)
  return all.length === 1 ? all[0]! : Buffer.concat(all)
}

/** The lines of a stream without their ends. A line longer than `bytesMax` throws: the other side speaks something else. */
export async function* readLines(chunks: AsyncIterable<Buffer>, bytesMax = 64 * 1024 * 1024): AsyncGenerator<string> {
  let rest: Buffer[] = []
  let restBytes = 0
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      const piece = chunk.subarray(start, end)
      const line = rest.length === 0 ? piece : Buffer.concat([...rest, piece])
      rest = []
      restBytes = 0
      start = end + 1
      if (line.length > 0) yield line.toString('utf8')
    }
    if (start < chunk.length) {
      rest.push(chunk.subarray(start))
      restBytes += chunk.length - start
      if (restBytes > bytesMax) throw new RangeError(`a line is longer than ${bytesMax} bytes`)
    }
  }
  if (rest.length > 0) yield Buffer.concat(rest).toString('utf8')
}
