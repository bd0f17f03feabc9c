// What somebody would write by hand who cares for nothing but speed: the calls of the runtime that the Worker cannot do
// without, and no edge. What it costs, workerd costs.
import policy from './policy.json'

export default {
  fetch: async (request, env, context) => {
    const content = await request.arrayBuffer()
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', content))
    const url = 'https://fleet.invalid/' + Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('')
    const stored = await caches.default.match(url)
    if (stored) {
      return new Response(await stored.arrayBuffer(), { headers: { 'content-type': 'application/json' } })
    }
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(policy.origin.url + '/query', { method: 'POST', headers, body: content })
    const bytes = await answer.arrayBuffer()
    const kept = new Response(bytes, { headers: { 'cache-control': 'max-age=3600' } })
    context.waitUntil(caches.default.put(url, kept))
    return new Response(bytes, { headers })
  }
}
