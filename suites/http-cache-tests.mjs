// The public caching suite (npm http-cache-tests, the one behind cache-tests.fyi) against a running gateway.
//   node http-cache-tests.mjs serve          the suite's origin on a free loopback port; prints "origin: PORT"
//   node http-cache-tests.mjs run BASE_URL   every case that is not for browsers; prints one JSON object
//   node http-cache-tests.mjs run BASE_URL ID   one case, with the messages that went over the wire
// HTTP_CACHE_TESTS=DIR takes the suite from a checkout of its repository (test-engine/ and tests/) instead of npm's.
import http from 'node:http'
import path from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'

const checkout = process.env.HTTP_CACHE_TESTS
const [mode, base, id] = process.argv.slice(2)

if (mode === 'serve') {
  await serve()
} else if (mode === 'run' && base) {
  await run(base.replace(/\/$/, ''), id)
} else {
  console.error('usage: [HTTP_CACHE_TESTS=DIR] node http-cache-tests.mjs serve | run BASE_URL [ID]')
  process.exit(2)
}

function load (packaged, checkedOut) {
  return import(checkout ? pathToFileURL(path.resolve(checkout, checkedOut)).href : `http-cache-tests/${packaged}`)
}

async function serve () {
  const handler = async name =>
    (await load(`server/handle-${name}.mjs`, `test-engine/server/handle-${name}.mjs`)).default
  const handlers = { config: await handler('config'), state: await handler('state'), test: await handler('test') }
  console.log = () => {} // the handlers report each surprise there, and nobody reads it
  const server = http.createServer((request, response) => {
    const segments = request.url.split('?')[0].split('/').slice(1)
    const handle = handlers[segments.shift()]
    // Some cases break the framing on purpose; what strays from one answer must not meet the request of another case.
    response.shouldKeepAlive = false
    if (handle) {
      handle(segments, request, response)
    } else {
      response.writeHead(404).end()
    }
  })
  server.listen(0, '127.0.0.1', () => process.stdout.write(`origin: ${server.address().port}\n`))
  process.stdin.on('end', () => process.exit(0)).resume() // gone with whoever started it
}

async function run (base, id) {
  const { runTests, getResults } = await load('client/runner.mjs', 'test-engine/client/runner.mjs')
  const { determineTestResult } = await load('lib/display.mjs', 'test-engine/lib/results.mjs')
  const suites = [...(await load('tests/index.mjs', 'tests/index.mjs')).default]
  if (!checkout) suites.push((await load('tests/surrogate-control.mjs')).default) // its index does not name it
  const chosen = suites.map(s => ({ ...s, tests: s.tests.filter(t => !t.browser_only && (!id || t.id === id)) }))
  if (id) chosen.forEach(s => s.tests.forEach(t => { t.dump = true }))
  if (checkout) {
    await runTests(chosen, false, base, 25)
  } else {
    await runTests(chosen, (await import('node-fetch')).default, false, base, 25)
  }
  const results = getResults()
  // the suite's own verdict, dependencies among its cases included; it gives a symbol
  const verdicts = new Map([['✅', 'pass'], ['⛔️', 'fail'], ['⚠️', 'suboptimal'], ['Y', 'yes'], ['N', 'no'],
    ['🔹', 'setup failed'], ['⁉️', 'harness failed'], ['⚪️', 'dependency failed'], ['↻', 'retried']])
  const verdict = t => verdicts.get(determineTestResult(suites, t.id, results, !id)[2]) ?? 'untested'
  const cases = chosen.flatMap(s => s.tests.map(t => ({
    id: t.id,
    suite: s.id,
    name: t.name,
    kind: t.kind ?? 'required',
    result: verdict(t),
    detail: results[t.id] === true ? '' : String(results[t.id]?.[1] ?? '')
  })))
  process.stdout.write(JSON.stringify({ cases }) + '\n')
}
