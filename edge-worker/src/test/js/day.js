// The Worker's entry with the time of day that the requests of a test say, in Fleet-Test-Ms: a day passes as fast as its
// requests can be served, and no faster. Time limits of calls are real.
import { edge } from './edge.js'
import policy from './policy.json'

const LOOK_MILLIS = 4
let now = policy.clock.start

const clock = {
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
  cancel: timer => clearTimeout(timer.id)
}

const handle = edge(policy, clock)

export default {
  fetch: (request, env, context) => {
    now = Math.max(now, Number(request.headers.get('fleet-test-ms')))
    return handle(request, env, context)
  }
}
