// Keys without a value are left out, so that a reading compares equal to itself after JSON.

type Compact<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };

/** Changes the object it is handed, which must be a fresh one. */
export function compact<T extends object>(fresh: T): Compact<T>;
export function compact(fresh: object): object {
  for (const [key, value] of Object.entries(fresh)) if (value === undefined) Reflect.deleteProperty(fresh, key);
  return fresh;
}
