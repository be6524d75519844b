// English questions about the house and its things: how it is, what is wrong, why, since when, what was done. Whole sentences; a question never acts. Pure.
import type { Intent } from "./wish.ts";

type Reading = (groups: Record<string, string | undefined>) => Intent;

const THE = "(?:the |my |our )?";
const WHAT = "(?<what>.+?)";
const HOUSE = "(?:things|everything|it all|all|we|stuff|(?:the |my )?(?:cluster|house|homelab|place|system|setup|situation|state of (?:things|play)))";
const STOPPED =
  "(?:stop(?:ped|ping)?|crash(?:ed|ing)?|die(?:d)?|dead|go(?:ne)? (?:down|away|off)|went (?:down|away|off)|down|off|offline|not (?:running|up|there|responding|working|online)(?: (?:any ?more|now))?|restart(?:ed)?|reboot(?:ed)?|fail(?:ed)?|shut ?down|kill(?:ed)?|unhealthy|gone)";
const whole = (words: string): RegExp => new RegExp(`^(?:${words})$`, "i");

const WHOLE = new RegExp(`^${HOUSE}$`, "i");

const why: Reading = ({ what = "" }) => ({ kind: "why", what });
const status: Reading = ({ what = "" }) => ({ kind: "status", what });
const room: Reading = ({ what = "" }) => ({ kind: "room", what });

/** The first that fits; what is plainer stands first. */
const FORMS: readonly [RegExp, Reading][] = [
  [
    whole(
      `(?:what(?:'s| is) (?:wrong|the (?:matter|problem|trouble)|up) with|is (?:something|anything) (?:wrong|the matter|up) with|(?:any|are there any|is there a) (?:problems?|issues?|trouble) with) ${THE}${WHAT}`,
    ),
    ({ what = "" }) => (WHOLE.test(what) ? { kind: "wrong" } : { kind: "status", what }),
  ],
  [
    whole(
      `(?:status|overview|summary|(?:give|show) me (?:an |the )?(?:overview|summary|status|situation)|(?:status|situation) report|report status|overall status|all (?:well|good|ok(?:ay)?|fine|clear)|(?:is |are )?(?:everything|all|things|we)(?: all)? (?:ok(?:ay)?|fine|good|well|all right|alright|in order|up and running|healthy|running|green)|what(?:'s| is) up|sup|what(?:'s| is) (?:the )?(?:status|state(?: of play)?|situation|overview|summary)|how(?:'s| is| are| does| do)(?: it going with| it look(?:ing)? with| it with)? ${HOUSE}(?: (?:going|doing|looking|look|feeling|holding up|today|now))*|(?:what(?:'s| is) the )?(?:status|state|health) of (?:the |my )?(?:cluster|house|homelab|system)|(?:cluster|house|system|overall) (?:status|health|state|overview)|(?:what|which) mode (?:are you in|is it)|how are things.*)`,
    ),
    () => ({ kind: "overview" }),
  ],
  [
    whole(
      `(?:wrong|problems?|incidents?|alerts?|issues?|alarms?|errors?|trouble|faults?)|(?:what|whats|what's|anything|something|is anything|is there anything|is something)(?: is| are)?(?: there)?(?: currently| really)? (?:wrong|broken|failing|failed|not working|the (?:matter|problem|trouble)|on fire|unhealthy|amiss|up with (?:the cluster|everything)|that (?:needs|requires|wants|is).*|i (?:should|must|need to) (?:know|do|look at|worry).*|worth knowing.*|to (?:worry about|fix|do))(?: (?:right )?now| here| today| with (?:the )?(?:cluster|house|homelab|system))?|what (?:needs|requires|wants) (?:my |some |any )?(?:attention|fixing|looking at|a look|help|work)|(?:are there|is there|do we have|do i have|have we|got|have you (?:got|seen|found))? ?(?:any|some|a)(?: open| new| current| active)? (?:problems?|incidents?|issues?|alerts?|alarms?|trouble|errors?|faults?)(?: (?:right )?now| open| at the moment| today)?|(?:list|show|show me|give me|tell me|which|what)(?: me)?(?: all| the| my)*(?: open| current| active)? (?:problems?|incidents?|issues?|alerts?|alarms?|faults?)(?: (?:are there|are (?:open|active)|do we have|have we))?|what(?:'s| is)? (?:going )?wrong.*|wh?at(?:'?s| is| are) (?:worng|wrong|broken).*`,
    ),
    () => ({ kind: "wrong" }),
  ],
  [
    whole(
      `what (?:did|have) (?:you|u)(?: been)? (?:do|done|doing|get up to|been up to|up to|fix(?:ed)?|repair(?:ed)?|change)\\b.*|(?:did|have) you (?:do|done|fix|fixed|repair|repaired|restart(?:ed)? anything|act(?:ed)?)(?: (?:anything|something|a thing|much))?(?: (?:today|lately|so far|recently|on your own|yourself|by yourself))*|what(?:'s| has)? happened(?: (?:today|lately|recently|last night|overnight|so far|here))*|anything you did(?: today)?|(?:list|show)(?: me)? (?:all )?your (?:acts|actions|work)(?: today)?|what (?:did|have) you refused?(?: today)?|today'?s (?:work|acts|actions)|today|(?:show |give |tell )?(?:me )?(?:the |your |my |a |today'?s )*(?:report|summary|recap)(?: (?:of )?today)?|what (?:you did|you have done|you've done)(?: (?:today|so far))*|(?:summary|summarise|summarize|recap|sum up)(?: of)?(?: the| my)? day|what (?:was|have been) your (?:acts|actions)(?: today)?`,
    ),
    () => ({ kind: "today" }),
  ],
  [
    whole(
      "any news|what(?:'s| is) the news|(?:are there |were there )?any changes(?: (?:overnight|today|lately|recently|since .+|last night))?|(?:list|show)(?: me)?(?: the| recent| latest)* changes",
    ),
    () => ({ kind: "changes" }),
  ],
  [whole(`(?:who|what)(?: has| had)? (?:stopped|killed|crashed|restarted|rebooted|shut down|powered off|turned off|started|broke) ${THE}${WHAT}`), why],
  [whole(`who (?:has )?(?:shut|turned|switched|powered|took|brought) ${THE}${WHAT} (?:down|off)`), why],
  [whole(`(?:did|has|was) (?!you\\b)${THE}${WHAT} (?:been )?${STOPPED}`), why],
  [whole(`when (?:did|was|has) ${THE}${WHAT} (?:last )?${STOPPED}`), why],
  [
    whole(
      `(?:what(?:'s| is| was)? )?(?:the )?(?:reason|cause) (?:for |of |why |that )?(?:the )?(?:(?:stop|crash|outage|restart|failure|shutdown|death|end) of )?${THE}${WHAT}(?: (?:being|having|is|was|has))?(?: ${STOPPED})?`,
    ),
    why,
  ],
  [whole(`what (?:caused|made|triggered)(?: the)? (?:(?:crash|stop|outage|restart|failure|shutdown|death) of )?${THE}${WHAT}(?: (?:to )?${STOPPED})?`), why],
  [whole(`what (?:happened|has happened|went wrong) (?:to|with) ${THE}${WHAT}`), why],
  [whole(`${THE}${WHAT} ${STOPPED},? (?:why|how come)`), why],
  [
    whole(
      `(?:why|how come)(?:'s|'d)? ?(?:(?:did|has|had|have|was|were|is|are|does) )?${THE}${WHAT}(?: (?:been|get|got|have|just|suddenly))*(?: (?:is|was|has|not))*(?: ${STOPPED})?(?: again)?`,
    ),
    why,
  ],
  [whole(`is ${THE}${WHAT} (?:getting |nearly |almost )?(?:full|out of (?:space|room))`), room],
  [whole(`(?:how much|what) (?:free )?(?:space|room)(?: do (?:i|we)| is)?(?: still)?(?: have| there)?(?: left| free)? (?:on|in) ${THE}${WHAT}`), room],
  [whole(`(?:free|available|used) (?:space|room|storage) (?:on|in|of) ${THE}${WHAT}`), room],
  [whole(`${WHAT} (?:disks?|space|storage|room|disk usage|free space)`), room],
  [whole(`(?:where|which (?:node|host)|what (?:node|host|machine))(?:'s| is| does| are| do)? ${THE}${WHAT}(?: (?:run|running|live|located|sit|on|at))*`), status],
  [
    whole(
      `(?:what(?:'s| is| are)|how (?:much|many|high))(?: the)? (?:cpu|memory|ram|load|uptime|processor|usage|disk|network|cpu load|memory usage|cpu usage)(?: (?:load|usage|use))?(?: (?:of|on|for|is|does|has))+ ${THE}${WHAT}(?: (?:use|using|have|need|take|consuming|used))?`,
    ),
    status,
  ],
  [whole(`(?:how long|since when)(?: has| is| have)? ${THE}${WHAT} (?:been )?(?:up|running|online|on|alive)`), status],
  [
    whole(
      `(?:check(?: on| up on)?|look at|inspect|info(?:rmation)?(?: on| about| for)?|details?(?: on| about| of| for)?|tell me about|show me|show|give me|what about|how about|have a look at|describe) (?:(?:status|state|health|info|details) (?:of|on|about) )?${THE}${WHAT}`,
    ),
    status,
  ],
  [whole(`what(?:'s| is) ${THE}${WHAT} doing`), status],
  [whole(`ping ${THE}${WHAT}`), status],
  [whole(`(?:(?:tell|show|give) me )?(?:what(?:'s| is) )?${THE}(?:status|state|health|condition) (?:of|for|on) ${THE}${WHAT}`), status],
  [whole(`(?:how|hows|how's) ?(?:is|are|does|do)? ${THE}${WHAT}(?: (?:doing|feel|feeling|running|look|looking|going|holding up|today|now))*`), status],
  [
    whole(
      `(?:is|are) ${THE}${WHAT}(?: (?:still|already|back))*(?: (?:up|down|running|runing|ok(?:ay)?|alive|healthy|well|stopped|online|offline|fine|there|dead|on|off|working|again|now|good))+`,
    ),
    status,
  ],
  [whole(`(?!show|give|get|the )(?<what>\\S+(?: \\S+)?)(?:'s)? (?:status|state|health|ok(?:ay)?|up|down|running|fine|alive|info)`), status],
];

/** `text`: bare of what is merely polite. Undefined: none of these. */
export const readAsked = (text: string): Intent | undefined => {
  const words = text
    .trim()
    .replace(/[\s.!?]+$/, "")
    .replace(/\s+/g, " ");
  for (const [form, read] of FORMS) {
    const found = form.exec(words);
    if (!found) continue;
    const intent = read(found.groups ?? {});
    if (intent.kind === "status" && WHOLE.test(intent.what)) return { kind: "overview" };
    return intent.kind === "why"
      ? {
          ...intent,
          what: intent.what
            .replace(/(?<![\w-])(?:you|it was that)(?![\w-])/gi, " ")
            .replace(/(?<![\w-])(?:restart|reboot|stop|start)(?:ed|ped)?\s+/i, " ")
            .trim(),
        }
      : intent;
  }
  return undefined;
};
