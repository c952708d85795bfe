/** One line of a container's log as the runtime writes it: `TIME STREAM P|F TEXT`. */
export interface LogLine {
  readonly time: string
  readonly stream: 'stdout' | 'stderr'
  /** A line that was too long is written in parts; all but the last are partial. */
  readonly partial: boolean
  readonly text: Buffer
}

const SPACE = 0x20

/** Takes a line apart, without its line break; undefined for what is no such line. */
export function parseLogLine(line: Buffer): LogLine | undefined {
  const afterTime = line.indexOf(SPACE)
  const afterStream = line.indexOf(SPACE, afterTime + 1)
  const afterTag = line.indexOf(SPACE, afterStream + 1)
  if (afterTime < 0 || afterStream < 0 || afterTag < 0) return undefined
  const stream = line.toString('latin1', afterTime + 1, afterStream)
  if (stream !== 'stdout' && stream !== 'stderr') return undefined
  return {
    time: line.toString('latin1', 0, afterTime),
    stream,
    partial: line
      .toString('latin1', afterStream + 1, afterTag)
      .split(':')
      .includes('P'),
    text: line.subarray(afterTag + 1),
  }
}
