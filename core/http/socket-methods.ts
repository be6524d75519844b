// What an authenticated socket may ask: its subscriptions and talks here, every other method from the one dispatcher.
import { JarvisError } from "../contract/error.ts";
import { METHODS, type RpcRequest } from "../contract/wire.ts";
import type { Hub } from "../live/hub.ts";
import type { Outbox } from "../live/outbox.ts";
import type { Consoles } from "./consoles.ts";
import type { CoreFaces, Who } from "./faces.ts";
import { notificationFrame } from "./frames.ts";
import { checked } from "./methods.ts";
import { type Dispatcher, methodNamed } from "./rpc.ts";
import { asksToStop } from "./stopping.ts";
import { createSubscriptions } from "./subscriptions.ts";
import { createTalks } from "./talks.ts";

const MOST_RUNNING = 64;

interface Options {
  hub: Hub;
  core: CoreFaces;
  dispatcher: Dispatcher;
  outbox: Outbox;
  /** Answers the request, unless it was a notification. */
  reply(request: RpcRequest, result: unknown): void;
}

export const createSocketMethods = ({ hub, core, dispatcher, outbox, reply }: Options) => {
  const subscriptions = createSubscriptions({ hub, outbox });
  const talks = createTalks({ core, notify: (method, params) => outbox.send(notificationFrame(method, params)) });
  /** Few sockets ever open one. */
  let consoles: Consoles | undefined;
  const makeConsoles = async (): Promise<Consoles> => {
    const { createConsoles } = await import("./consoles.ts");
    consoles ??= createConsoles({ core, notify: (method, params) => outbox.send(notificationFrame(method, params)) });
    return consoles;
  };
  const consolesNow = (): Consoles => {
    if (consoles === undefined) throw new JarvisError("not_found", { message: "No console is open on this socket." });
    return consoles;
  };
  let running = 0;
  let open = true;

  const answer = async (request: RpcRequest, who: Who): Promise<void> => {
    const name = methodNamed(request.method);
    if (name === "channels.subscribe") {
      const params = checked(METHODS[name].params, request.params);
      await dispatcher.authorise(name, params, who);
      if (!open) return;
      const subscribed = subscriptions.subscribe(params);
      reply(request, subscribed.answer);
      subscribed.start();
    } else if (name === "channels.unsubscribe") {
      reply(request, subscriptions.unsubscribe(checked(METHODS[name].params, request.params).subscription));
    } else if (name === "chat.send") {
      const params = checked(METHODS[name].params, request.params);
      await dispatcher.authorise(name, params, who);
      const talk = await talks.send(params, who);
      reply(request, talk.answer);
      talk.start();
    } else if (name === "chat.stop") {
      reply(request, talks.stop(checked(METHODS[name].params, request.params)));
    } else if (name === "console.open") {
      const params = checked(METHODS[name].params, request.params);
      await dispatcher.authorise(name, params, who);
      const mine = consoles ?? (await makeConsoles());
      if (!open) return;
      const sitting = await mine.open(params, who);
      reply(request, sitting.answer);
      sitting.start();
    } else if (name === "console.write") {
      // Nothing is waited for here: what is typed stays in order.
      consolesNow().write(checked(METHODS[name].params, request.params));
      reply(request, {});
    } else if (name === "console.close") {
      reply(request, consolesNow().close(checked(METHODS[name].params, request.params).console));
    } else reply(request, await dispatcher.dispatch(name, request.params, who));
  };

  return {
    serve: async (request: RpcRequest, who: Who): Promise<void> => {
      if (running >= MOST_RUNNING && !(await asksToStop(request))) throw new JarvisError("rate", { message: `${MOST_RUNNING} requests of this socket are running already.` });
      running += 1;
      try {
        await answer(request, who);
      } finally {
        running -= 1;
      }
    },
    close: (): void => {
      open = false;
      subscriptions.close();
      consoles?.closeAll();
    },
  };
};
