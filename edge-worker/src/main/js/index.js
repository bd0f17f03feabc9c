// The Worker's entry: what the platform calls, handed to the edge that is compiled from Java; and what of the platform is
// time, chance or I/O (Platform.java).
import { edge } from './edge.js'
import policy from './policy.json'

const platform = {
  now: () => Date.now(),
  after: (millis, task) => setTimeout(task, millis),
  limit: (millis, task) => setTimeout(task, millis),
  cancel: timer => clearTimeout(timer),
  random: () => Math.random(),
  uuid: () => crypto.randomUUID(),
  fetch: (url, asked) => fetch(url, asked),
  cache: () => caches.default,
  answer: (status, headers, content) => new Response(content, { status, headers })
}

const handle = edge(policy, platform)

export default { fetch: (request, env, context) => handle(request, env, context) }
