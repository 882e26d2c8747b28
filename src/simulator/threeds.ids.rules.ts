import { hash } from "node:crypto";

const BYTES = 20;

/** References of a 3-D session, drawn from the seed and its number and from nothing else. */
export function sessionIds(seed: string, serial: number) {
  const drawn = (what: string) => hash("sha256", `${seed}|${what}|${serial}`, "buffer");
  const bytes = (what: string) => drawn(what).subarray(0, BYTES).toString("base64");
  return {
    /** Small letters and digits: addresses are matched in any case. */
    sid: drawn("sid").toString("hex").slice(0, 32),
    xid: bytes("xid"),
    cavv: bytes("cavv"),
    /** Opaque; banks write it with the card's first six digits and the store's number. */
    md: (bin6: string, merchantNo: string): string => {
      const drawnMd = drawn("md");
      const tail = 1_000 + (drawnMd.readUInt16BE(0) % 9_000);
      return `${bin6}:${drawnMd.toString("hex").toUpperCase()}:${tail}:##${merchantNo}`;
    },
  };
}
