/** The processes that `wherry up` starts: loaded only when they are meant, since each brings a large part of the source. */
const programs: Readonly<Record<string, () => Promise<(args: readonly string[]) => Promise<void>>>> = {
  server: async () => (await import('./server.ts')).runServer,
  agent: async () => (await import('./agent.ts')).runNodeAgent,
  'at-boot': async () => (await import('./at-boot.ts')).atBoot,
  'at-shutdown': async () => (await import('./at-shutdown.ts')).atShutdown,
  'clean-node': async () => (await import('./clean-node.ts')).cleanNode,
}

const [word = '', ...rest] = process.argv.slice(2)
const load = Object.hasOwn(programs, word) ? programs[word] : undefined
if (load !== undefined) {
  const program = await load()
  await program(rest)
} else {
  const [{ runCommandLine }, { createPrinter }] = await Promise.all([
    import('../cli/run.ts'),
    import('../cli/output/printer.ts'),
  ])
  const stop = new AbortController()
  process.once('SIGINT', () => {
    stop.abort(new Error('interrupted'))
    // A second Ctrl-C ends the program at once.
    process.once('SIGINT', () => process.exit(130))
  })
  process.exitCode = await runCommandLine(process.argv.slice(2), {
    print: createPrinter(process.stdout, process.stderr, process.env),
    signal: stop.signal,
    env: process.env,
  })
}
