// When each thing a plugin looks at was looked at last: a slow look is no stale one, and a person should see which is which. Pure.
import type { PluginInfo } from "../contract/wire.ts";

export const withLooks = (plugins: readonly PluginInfo[], reading: (channel: string) => { readonly at: string } | undefined): PluginInfo[] =>
  plugins.map((plugin) => {
    if (plugin.looks === undefined) return plugin;
    const looks = plugin.looks.map((look) => {
      const at = reading(look.channel)?.at;
      return at === undefined ? look : { ...look, at };
    });
    return { ...plugin, looks };
  });
