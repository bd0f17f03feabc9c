// The entry of day.js, with a count of what each request asks of the platform, answer and waitUntil alike: GET /test/subrequests
// tells the most of one request, GET /test/found how many reads of KV found something. Needs the flag nodejs_als.
import { AsyncLocalStorage } from 'node:async_hooks'
import day from './day.js'

const request = new AsyncLocalStorage()
let most = 0
let found = 0

const counted = call =>
  function (...given) {
    const one = request.getStore()
    if (one) {
      one.calls++
      most = Math.max(most, one.calls)
    }
    return call.apply(this, given)
  }

globalThis.fetch = counted(globalThis.fetch)
for (const name of ['match', 'put', 'delete']) {
  Cache.prototype[name] = counted(Cache.prototype[name])
}

export default {
  fetch: (asked, env, context) => {
    const path = new URL(asked.url).pathname
    if (path === '/test/subrequests' || path === '/test/found') {
      return new Response(String(path === '/test/found' ? found : most))
    }
    const kv = env.FLEET_KV
    const get = async (...given) => {
      const value = await kv.get(...given)
      found += value === null ? 0 : 1
      return value
    }
    const FLEET_KV = { get: counted(get), put: counted((...given) => kv.put(...given)) }
    return request.run({ calls: 0 }, () => day.fetch(asked, { ...env, FLEET_KV }, context))
  }
}
