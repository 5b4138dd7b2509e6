/** Where a text has one of these in it, what stands beside it may be a key. */
const SPEAKS_OF_ACCESS =
  /key|token(?!s\b|iz)|auth|bearer|credential|secret|pass(word|phrase|wd)|cookie|header|signature|login|denied|forbidden/iu;

/** The words that providers use where they speak of keys. */
const KNOWN_WORDS: ReadonlySet<string> = new Set(
  `
    a about above access account active address again all allow allowed an and any api apikey append
    approved are as at auth authenticate authenticated authentication authorization authorized available
    bad basic be bearer because been belongs below billing blocked browser but by call can cannot check
    code complete contact content context cookie correct could count country credential credentials credit
    current data denied deployment did disabled docs does doesn don endpoint enough error exceed exceeded
    exceeds exist exists expected expired failed field find following for forbidden format found free from
    get given has have header headers help here how http https id if in inactive incorrect input
    insufficient invalid ip is isn it its key keys later length limit limited limits line loading login
    long longer make malformed match max maximum may method minute minutes missing model models more must
    name need needed needs new no not number of on only or organization origin origins other our out
    output page parameter parse pass password per permission permissions plan please prior project prompt
    provide provided provider provides quota rate reached read ready received refused region rejected
    remaining request requested requests require required requires resource restricted retry revoked s
    scope scopes second seconds secret see send sent server service set settings should signature
    specified status still subscription support supported suspended t territory text than that the their
    there this tier time to token tokens too try type typeerror unauthenticated unauthorized unavailable
    under unknown unsupported until update upgrade url usage use used user using valid value verified
    verify version via visit was we were when which will with within without wrong x yet you your
  `
    .trim()
    .split(/\s+/u),
);

/** Whether a text may show a key by what it speaks of, whatever that key looks like. */
export function speaksOfAccess(text: string): boolean {
  return SPEAKS_OF_ACCESS.test(text);
}

/** Whether a word, or each part of a name such as `invalid_api_key`, is one that providers use where they speak of keys. */
export function isKnownWord(run: string): boolean {
  const parts = run.replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2").split(/[-_./:=\s]+/u);
  return parts.every((part) => KNOWN_WORDS.has(part.toLowerCase()));
}
