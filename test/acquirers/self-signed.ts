import { generateKeyPairSync, sign } from "node:crypto";

const tlv = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  const size = body.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const text = (tag: number, value: string) => tlv(tag, Buffer.from(value, "ascii"));
const oid = (hex: string) => tlv(0x06, Buffer.from(hex, "hex"));
const sequence = (...parts: Uint8Array[]) => tlv(0x30, ...parts);

const ecdsaWithSha256 = sequence(oid("2a8648ce3d040302"));
const nameOf = (host: string) => sequence(tlv(0x31, sequence(oid("550403"), text(0x0c, host))));
const alternativeName = (host: string) =>
  sequence(oid("551d11"), tlv(0x04, sequence(text(0x82, host))));

/** A certificate for `host` that only its own key vouches for, made anew for each test. */
export function selfSigned(host: string): { key: string; cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const claims = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    nameOf(host),
    sequence(text(0x17, "250101000000Z"), text(0x17, "490101000000Z")),
    nameOf(host),
    publicKey.export({ type: "spki", format: "der" }),
    tlv(0xa3, sequence(alternativeName(host))),
  );
  const signature = sign("sha256", claims, privateKey);
  const der = sequence(claims, ecdsaWithSha256, tlv(0x03, Buffer.from([0]), signature));
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${der.toString("base64")}\n-----END CERTIFICATE-----\n`,
  };
}
