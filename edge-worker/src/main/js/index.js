// The Worker's entry: what the platform calls, handed to the edge that is compiled from Java.
import { edge } from './edge.js'
import policy from './policy.json'

const clock = {
  now: () => Date.now(),
  after: (millis, task) => setTimeout(task, millis),
  limit: (millis, task) => setTimeout(task, millis),
  cancel: timer => clearTimeout(timer)
}

const handle = edge(policy, clock)

export default { fetch: (request, env, context) => handle(request, env, context) }
