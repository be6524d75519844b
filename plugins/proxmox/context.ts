// The context every part of this plugin is handed.
import type { Context } from "jarvis";
import type { Client } from "./client/client.ts";
import type { Config } from "./config.ts";

export type Ctx = Context<Config, Client>;
