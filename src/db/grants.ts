import pg from "pg";

/** The application's role. Without a password the role must exist and keeps the one it has. */
export type AppRole = Readonly<{ role: string; password?: string }>;

export const APP_ROLE = "vezne_app";

/** Roles belong to the whole server, so two databases that migrate at once can collide on one. */
const ROLE_ATTEMPTS_MAX = 5;
const collisions = new Set([
  "42710", // the role exists now
  "23505", // likewise, seen by the index
  "XX000", // "tuple concurrently updated"
]);

type Rights = { self: string; may_make_roles: boolean; role_exists: boolean };

async function readRights(client: pg.Client, role: string): Promise<Rights> {
  const { rows } = await client.query<Rights>(
    `select current_user as self,
            rolsuper or rolcreaterole as may_make_roles,
            exists (select from pg_roles where rolname = $1) as role_exists
       from pg_roles where rolname = current_user`,
    [role],
  );
  return rows[0]!;
}

async function saveRole(client: pg.Client, { role, password }: AppRole): Promise<void> {
  const name = pg.escapeIdentifier(role);
  const login = password === undefined ? "" : `login password ${pg.escapeLiteral(password)}`;
  for (let attempt = 1; ; attempt += 1) {
    const { role_exists } = await readRights(client, role);
    try {
      if (!role_exists) await client.query(`create role ${name} ${login}`);
      else if (login) await client.query(`alter role ${name} ${login}`);
      return;
    } catch (error) {
      const { code = "" } = error as { code?: string };
      if (attempt === ROLE_ATTEMPTS_MAX || !collisions.has(code)) throw error;
    }
  }
}

/** A partition is as insert-only as the table it is a part of. */
const insertOnlyTables = `
  select format('%I.%I', n.nspname, c.relname) as name
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
   where n.nspname = current_schema() and c.relkind in ('r', 'p')
     and 'insert-only' = any (
       select left(obj_description(relid, 'pg_class'), length('insert-only'))
         from (select c.oid as relid union select relid from pg_partition_ancestors(c.oid)) a)`;

async function grantTables(client: pg.Client, name: string): Promise<void> {
  const { rows } = await client.query<{ schema: string }>(
    "select quote_ident(current_schema()) as schema",
  );
  const { schema } = rows[0]!;
  await client.query(`
    grant usage on schema ${schema} to ${name};
    revoke all on all tables in schema ${schema} from ${name};
    grant select, insert, update, delete on all tables in schema ${schema} to ${name};
    grant usage, select on all sequences in schema ${schema} to ${name};
    revoke insert, update, delete on vezne_migrations from ${name}`);
  const insertOnly = await client.query<{ name: string }>(insertOnlyTables);
  for (const table of insertOnly.rows) {
    await client.query(`revoke update, delete on ${table.name} from ${name}`);
  }
}

/** The queue's tables let nobody but their owner see a row, unless a policy says otherwise. */
const tablesWithoutPolicy = `
  select format('%I.%I', n.nspname, c.relname) as name
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
   where n.nspname = 'graphile_worker' and c.relrowsecurity
     and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = $1)`;

async function grantJobs(client: pg.Client, role: string, name: string): Promise<void> {
  await client.query(`
    grant usage on schema graphile_worker to ${name};
    grant select, insert, update, delete on all tables in schema graphile_worker to ${name};
    revoke insert, update, delete on graphile_worker.migrations from ${name};
    grant usage, select on all sequences in schema graphile_worker to ${name};
    grant execute on all functions in schema graphile_worker to ${name}`);
  const policy = `works_for_${role}`;
  const { rows } = await client.query<{ name: string }>(tablesWithoutPolicy, [policy]);
  for (const table of rows) {
    await client.query(
      `create policy ${pg.escapeIdentifier(policy)} on ${table.name} for all to ${name}
        using (true) with check (true)`,
    );
  }
}

/**
 * Makes the application's role when it is not there, sets its password when one is given, and
 * grants what the application may do: everything with rows, except changing or deleting those of
 * a table whose comment begins with `insert-only`. Says so in the log when the owner may not do
 * that.
 */
export async function grantApp(
  client: pg.Client,
  app: AppRole,
  log: (line: string) => void,
): Promise<void> {
  const rights = await readRights(client, app.role);
  if (rights.self === app.role) {
    log(
      `the application signs in as the owner "${app.role}": insert-only tables are not protected`,
    );
    return;
  }
  if (rights.may_make_roles) await saveRole(client, app);
  else if (!rights.role_exists) {
    log(
      `"${rights.self}" may not create roles and "${app.role}" does not exist: nothing is granted`,
    );
    return;
  } else if (app.password !== undefined) {
    log(`"${rights.self}" may not change roles: "${app.role}" keeps its password`);
  }
  const name = pg.escapeIdentifier(app.role);
  await client.query("begin");
  try {
    await grantTables(client, name);
    await grantJobs(client, app.role, name);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => {}); // The first error is the one to tell.
    throw error;
  }
}
