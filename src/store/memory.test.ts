import { storeContract } from './contract.ts'
import { memoryStore } from './memory.ts'

storeContract('memory', (options) => {
  const store = memoryStore(options)
  return { store, [Symbol.asyncDispose]: () => store.close() }
})
