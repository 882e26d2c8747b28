import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Db, onOneView, openDb } from "../../../src/db/pool.ts";
import { everyCheck, joinedByHash } from "../../../src/main/verify/checks.store.ts";
import { freshDatabase, type TestDatabase } from "../../support/database.ts";

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await freshDatabase();
  db = openDb({ url: database.appUrl, max: 1, applicationName: "plans", onError: () => {} });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

type Node = Readonly<{ "Node Type": string; Plans?: readonly Node[] }>;
const nodesOf = (node: Node): string[] => [
  node["Node Type"],
  ...(node.Plans ?? []).flatMap((each) => nodesOf(each)),
];

test.each(everyCheck)("young tables are compared by hashing: $promise", async ({ broken }) => {
  const nodes = await onOneView(db, (view) =>
    joinedByHash(view, async () => {
      const { rows } = await sql<{ "QUERY PLAN": [{ Plan: Node }] }>`
        explain (format json) select what from (${broken}) as broken`.execute(view.kysely);
      return nodesOf(rows[0]!["QUERY PLAN"][0].Plan);
    }),
  );
  expect(nodes.filter((node) => node === "Nested Loop" || node === "Merge Join")).toEqual([]);
});
