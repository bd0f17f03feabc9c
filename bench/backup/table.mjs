// Makes and changes a real LanceDB table: node table.mjs DIR create|day N|compact|reorder
import * as lancedb from "@lancedb/lancedb";

const [dir, step, day] = process.argv.slice(2);
const rows = Number(process.env.ROWS ?? 20000);
const width = Number(process.env.DIM ?? 2048);

// Unit-length normal vectors, as embedding models give; the seed makes a run repeatable.
function source(seed) {
  let s = seed >>> 0;
  const uniform = () => ((s = (Math.imul(s, 1664525) + 1013904223) >>> 0) + 1) / 4294967297;
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

function row(id, version) {
  const normal = source(id * 7919 + version * 104729 + 1);
  const vector = new Float32Array(width);
  let norm = 0;
  for (let i = 0; i < width; i++) {
    vector[i] = normal();
    norm += vector[i] * vector[i];
  }
  norm = Math.sqrt(norm);
  for (let i = 0; i < width; i++) vector[i] /= norm;
  const text = `record ${id} version ${version} ` + Array.from({ length: 40 }, (_, i) => ((id * 31 + i * 17) % 997).toString(36)).join(" ");
  return { id, text, vector: Array.from(vector) };
}

const db = await lancedb.connect(dir);
const batch = 2000;
switch (step) {
  case "create": {
    let table;
    for (let from = 0; from < rows; from += batch) {
      const some = Array.from({ length: Math.min(batch, rows - from) }, (_, i) => row(from + i, 0));
      if (table) await table.add(some);
      else table = await db.createTable("brain", some);
    }
    break;
  }
  case "day": {
    const n = Number(day);
    const table = await db.openTable("brain");
    const changed = Math.round(rows * 0.005);
    const ids = Array.from({ length: changed }, (_, i) => (i * 197 + n * 7) % rows);
    await table.delete(`id in (${ids.join(",")})`);
    const added = Array.from({ length: changed }, (_, i) => row(rows + (n - 1) * changed + i, 0));
    await table.add([...new Set(ids)].map((id) => row(id, n)).concat(added));
    break;
  }
  case "compact": {
    const table = await db.openTable("brain");
    await table.optimize({ cleanupOlderThan: new Date(), deleteUnverified: true });
    break;
  }
  case "reorder": {
    const table = await db.openTable("brain");
    const all = await table.query().toArray();
    const order = all.map((_, i) => i).sort((a, b) => ((a * 7919) % all.length) - ((b * 7919) % all.length));
    await db.dropTable("brain");
    let fresh;
    for (let from = 0; from < order.length; from += batch) {
      const some = order.slice(from, from + batch).map((i) => ({ id: all[i].id, text: all[i].text, vector: Array.from(all[i].vector) }));
      if (fresh) await fresh.add(some);
      else fresh = await db.createTable("brain", some);
    }
    break;
  }
  default:
    throw new Error("unknown step " + step);
}
