// Runs modules in workerd, the Workers runtime, by Miniflare. The first line on stdin is JSON: { modules: { NAME: FILE or
// { contents } }, vars, kv, ratelimits, flags, persist }; the first module is the entry. Prints { url, pid } as a line of JSON, then
// answers each line of stdin, { op, key, value, base64, prefix }, with one; ends with stdin.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import process from 'node:process'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const say = object => process.stdout.write(JSON.stringify(object) + '\n')
const options = JSON.parse((await lines.next()).value)

const modules = Object.entries(options.modules).map(([path, source]) => {
  const contents = typeof source === 'string' ? readFileSync(source, 'utf8') : source.contents
  // Wrangler's bundler makes a module of JSON; workerd alone does not.
  return { type: 'ESModule', path, contents: path.endsWith('.json') ? `export default ${contents}` : contents }
})
const miniflare = new Miniflare(convertV4MiniflareOptions({
  modules,
  compatibilityDate: '2026-11-01',
  compatibilityFlags: ['enable_request_signal', ...(options.flags ?? [])],
  bindings: options.vars ?? {},
  kvNamespaces: options.kv ?? [],
  ratelimits: options.ratelimits ?? {},
  resourcePersistencePath: options.persist,
  stripCfConnectingIp: false,
  cf: false,
  unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
  handleStructuredLogs: log => process.stderr.write(`${log.level}: ${log.message}\n`),
  log: new Log(LogLevel.ERROR)
}))
await miniflare.ready
const url = (await miniflare.unsafeGetDirectURL()).href
const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ')
const pid = children.map(Number).find(child => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('workerd'))
say({ url, pid })

for await (const line of lines) {
  const { op, key, value, base64, prefix } = JSON.parse(line)
  const kv = await miniflare.getKVNamespace('FLEET_KV')
  if (op === 'list') {
    say({ keys: (await kv.list({ prefix })).keys.map(found => found.name) })
  } else if (op === 'get') {
    const bytes = await kv.get(key, 'arrayBuffer')
    say({ base64: bytes === null ? null : Buffer.from(bytes).toString('base64') })
  } else if (op === 'put') {
    await kv.put(key, base64 ? Buffer.from(base64, 'base64') : value)
    say({})
  } else if (op === 'delete') {
    await kv.delete(key)
    say({})
  }
}
await miniflare.dispose()
process.exit(0)
