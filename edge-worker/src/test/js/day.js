// The Worker's entry with the time of day that the requests of a test say, in Fleet-Test-Ms: a day passes as fast as its
// requests can be served, and no faster. Time limits of calls are real. A request with Fleet-Test-Held is held by the rate limit of
// addresses until one with Fleet-Test-Release comes.
import { edge } from './edge.js'
import policy from './policy.json'

const LOOK_MILLIS = 4
let now = policy.clock.start
let held = 0
let released = false

const holding = {
  limit: async () => {
    held++
    while (!released) {
      await new Promise(resolve => setTimeout(resolve, LOOK_MILLIS))
    }
    return { success: true }
  }
}

const platform = {
  now: () => now,
  after: (millis, task) => {
    const timer = {}
    const due = now + millis
    const look = () => {
      if (now >= due) {
        task()
      } else {
        timer.id = setTimeout(look, LOOK_MILLIS)
      }
    }
    timer.id = setTimeout(look, 0)
    return timer
  },
  limit: (millis, task) => ({ id: setTimeout(task, millis) }),
  cancel: timer => clearTimeout(timer.id),
  random: () => Math.random(),
  uuid: () => crypto.randomUUID(),
  fetch: (url, asked) => fetch(url, asked),
  cache: () => caches.default,
  answer: (status, headers, content) => new Response(content, { status, headers })
}

const handle = edge(policy, platform)

export default {
  fetch: (request, env, context) => {
    now = Math.max(now, Number(request.headers.get('fleet-test-ms')))
    released ||= request.headers.has('fleet-test-release')
    if (new URL(request.url).pathname === '/test/held') {
      return new Response(String(held))
    }
    return handle(
      request,
      request.headers.has('fleet-test-held') ? { ...env, ADDRESS_LIMIT: holding } : env,
      context
    )
  }
}
