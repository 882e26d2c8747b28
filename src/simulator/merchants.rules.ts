export type MerchantSeed = Readonly<{
  /** The bank's folder in the address; the bank's real path follows it. */
  prefix: string;
  /** Empty for Cardplus, which has no code of its own in the Turkish list. */
  eftCode: string;
  bankName: string;
  dialect: "nestpay";
  clientId: string;
  user: string;
  password: string;
  storeKey: string;
}>;

const banks: readonly (readonly [prefix: string, eftCode: string, bankName: string])[] = [
  ["/akbank-est", "0046", "Akbank"],
  ["/akbank-est", "0046", "Akbank"],
  ["/isbank", "0064", "İşbank"],
  ["/halk", "0012", "Halkbank"],
  ["/ziraat", "0010", "Ziraat Bankası"],
  ["/teb", "0032", "TEB"],
  ["/seker", "0059", "Şekerbank"],
  ["/ing", "0099", "ING"],
  ["/turkiyefinans", "0206", "Türkiye Finans"],
  ["/abank", "0124", "Alternatif Bank"],
  ["/anadolu", "0135", "Anadolubank"],
  ["/qnb-est", "0111", "QNB"],
  ["/cardplus", "", "Cardplus"],
];

/** Client ids 990000001, 990000002, ...: each under its own bank's prefix, the first bank twice. */
export const seededMerchants: readonly MerchantSeed[] = banks.map(
  ([prefix, eftCode, bankName], i) => ({
    prefix,
    eftCode,
    bankName,
    dialect: "nestpay",
    clientId: String(990_000_001 + i),
    user: "SIMAPI",
    password: "SIMPASS1",
    storeKey: "SIMKEY01",
  }),
);
