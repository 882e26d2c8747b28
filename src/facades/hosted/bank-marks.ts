import type { FastifyInstance } from "fastify";
import { html } from "../../lib/html.ts";
import { bankNameOf, isBank } from "../../vault/bin.rules.ts";

const WIDTH = 120;
const HEIGHT = 40;
/** Names are of at most this many letters at full size; longer ones are pressed together. */
const LETTERS = 10;

/**
 * The mark of a card programme for shops' pages: its name in plain letters. The programmes' own
 * marks belong to their owners and are not ours to give out.
 */
function markOf(name: string): string {
  const isLong = name.length > LETTERS;
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}"
 width="${WIDTH}" height="${HEIGHT}" role="img"><title>${name}</title>
<rect x=".5" y=".5" width="${WIDTH - 1}" height="${HEIGHT - 1}" rx="6" fill="#fff"
 stroke="#d4d8e2"/>
<text x="${WIDTH / 2}" y="26" text-anchor="middle" font-family="system-ui,sans-serif"
 font-size="16" font-weight="600" fill="#1d2740"${
   isLong && html` textLength="${WIDTH - 16}" lengthAdjust="spacingAndGlyphs"`
 }>${name}</text></svg>`.text;
}

/** Serves the marks that `bank_logo` and `card_logo_url` name. */
export function bankMarks(app: FastifyInstance): void {
  app.get("/public/banks/:file", (request, reply) => {
    const { file } = request.params as Readonly<{ file: string }>;
    const bankId = /^([A-Z]{4})\.svg$/i.exec(file)?.[1]?.toUpperCase();
    if (!bankId || !isBank(bankId))
      return reply.status(404).type("text/plain").send("No such mark\n");
    return reply
      .headers({
        "cache-control": "public, max-age=86400",
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'",
      })
      .type("image/svg+xml")
      .send(markOf(bankNameOf(bankId)));
  });
}
