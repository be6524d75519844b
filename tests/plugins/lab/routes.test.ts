// Every call the lab answers is one of Proxmox VE's own schema in that dialect, with the same parameters, and its privileges where the schema says them plainly. Skipped where the reference folder is absent.
import { describe, expect, test } from "bun:test";
import { isProtected } from "../../../plugins/lab/front/protected.ts";
import type { Needs, Route } from "../../../plugins/lab/front/route.ts";
import { sharedPath } from "../../support/shared.ts";
import { record } from "./open-lab.ts";
import { routesIn } from "./route-table.ts";

const DIALECTS = [
  ["8.4", "pve/api-schema-8.4.json"],
  ["9.1", "pve/api-schema.json"],
] as const;

/** Users and tokens take what their tests and a set-up need; other parameters of theirs are refused as unknown. */
const ACCOUNTS = /^\/access\//;

/** A volume's name fills several parts of a path; the schema has one. */
const schemaPath = (path: string): string => path.replace(/(\/\{volume\d\})+$/, "");
const sameName = (name: string): string => name.replace(/\d+$/, "[n]");

function parametersOf(method: Record<string, unknown>): Map<string, boolean> {
  const all = Object.entries(record(method.parameters)).filter(([, rule]) => record(rule).in !== "path");
  return new Map(all.map(([name, rule]) => [name, !record(rule).optional]));
}

function differences(route: Route, method: Record<string, unknown>): string[] {
  const wanted = parametersOf(method);
  const given = Object.keys(route.rules ?? {});
  const known = new Set(given.flatMap((name) => [name, sameName(name)]));
  const missing = [...wanted.keys()].filter((name) => !known.has(name) && !ACCOUNTS.test(route.path)).map((name) => `lacks ${name}`);
  const extra = given.filter((name) => !wanted.has(name) && !wanted.has(sameName(name))).map((name) => `has ${name} too many`);
  const asked = given
    .filter((name) => wanted.has(name) && wanted.get(name) !== (route.rules?.[name]?.required ?? false))
    .map((name) => `${name} is ${wanted.get(name) ? "" : "not "}required`);
  return [...missing, ...extra, ...asked];
}

/** `["perm", path, [privileges], "any", 1]`; other checks are made in the route's own code. */
function plainNeeds(method: Record<string, unknown>): Needs | undefined {
  const { check } = record(method.permissions);
  if (!Array.isArray(check) || check[0] !== "perm" || typeof check[1] !== "string") return undefined;
  const privileges: string[] = Array.isArray(check[2]) ? check[2].map(String) : [String(check[2])];
  const any = check[3] === "any" || new Set(privileges).size === 1;
  return { path: check[1], privileges: [...new Set(privileges)], ...(any ? { any: true as const } : {}) };
}

function strangeNeeds(route: Route, method: Record<string, unknown>): string[] {
  const plain = plainNeeds(method);
  if (!plain || !route.needs) return [];
  const words = (needs: Needs): string => `${needs.path} ${[...new Set(needs.privileges)].sort().join(needs.any || needs.privileges.length === 1 ? "|" : "&")}`;
  return words(plain) === words(route.needs) ? [] : [`wants ${words(route.needs)}, the schema ${words(plain)}`];
}

/** Not in the schema's table of that version, though real servers have them; or checked in the code, as the parameter names what is checked. */
/** pvedaemon answers it in 8.4 and pveproxy from 9 on, as the lab does in both. */
const PROTECTED_ONCE = new Set(["/cluster/metrics/export"]);

const CHECKED_INSIDE = new Set(["POST /pools"]);

for (const [dialect, file] of DIALECTS) {
  const path = sharedPath(file);
  describe.skipIf(!path)(`the ${dialect} schema (skipped where the reference folder is absent)`, () => {
    const routes = routesIn(dialect);
    const methodsOf = async () => record(record(await Bun.file(path ?? "").json()).methods);

    test("has every call the lab answers", async () => {
      const methods = await methodsOf();
      expect(routes.map((route) => `${route.method} ${schemaPath(route.path)}`).filter((name) => !Object.hasOwn(methods, name))).toEqual([]);
    });

    test("names the same parameters, required where the lab requires them", async () => {
      const methods = await methodsOf();
      const found = routes.flatMap((route) =>
        differences(route, record(methods[`${route.method} ${schemaPath(route.path)}`])).map((what) => `${route.method} ${route.path} ${what}`),
      );
      expect(found).toEqual([]);
    });

    test("asks for the same privileges where it says them plainly", async () => {
      const methods = await methodsOf();
      const found = routes.flatMap((route) => {
        const name = `${route.method} ${schemaPath(route.path)}`;
        return CHECKED_INSIDE.has(name) ? [] : strangeNeeds(route, record(methods[name])).map((what) => `${name} ${what}`);
      });
      expect(found).toEqual([]);
    });

    test("says which calls pvedaemon answers, and which pveproxy by itself", async () => {
      const methods = await methodsOf();
      const differs = ({ method, path: called }: Route): boolean => isProtected(method, called) !== Boolean(record(methods[`${method} ${schemaPath(called)}`]).protected);
      expect(routes.filter((route) => !PROTECTED_ONCE.has(route.path) && differs(route)).map((one) => `${one.method} ${one.path}`)).toEqual([]);
    });

    test("no call is answered twice", () => {
      const names = routes.map((route) => `${route.method} ${route.path}`);
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    });
  });
}
