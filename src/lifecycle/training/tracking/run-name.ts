import type { Random } from '../../../kernel/clock.ts';

const ADJECTIVES =
  'able agile amber ample avid bold brave bright brisk calm candid civil clean clear clever cosmic ' +
  'crisp daring deft eager early easy exact fair fast fine firm fleet fresh gentle glad golden grand ' +
  'handy happy honest humble ideal jolly keen kind lively lucid lucky merry mild modest neat nimble ' +
  'noble open patient placid polite proud quick quiet rapid ready regal robust rustic serene sharp ' +
  'silent silver simple sleek smart smooth solid sound spry stable stately steady still stout sunny ' +
  'swift tidy trusty upbeat vivid warm wise witty worthy young zesty';
const ANIMALS =
  'ant ape bass bat bear bee boar bug calf carp cat chimp cod colt conch cow crab crane crow cub deer ' +
  'dog doe dove duck eel elk emu ewe fawn finch fish flea fly foal fowl fox frog gnat gnu goat goose ' +
  'grub gull hare hawk hen hog horse hound jay kit kite koi lamb lark loon lynx mare midge mink mole ' +
  'moose moth mouse mule newt owl ox panda penguin perch pig pug quail ram rat ray robin roo rook seal ' +
  'shad shark sheep shoat shrew shrike shrimp skink skunk sloth slug smelt snail snake snipe sow sponge ' +
  'squid squirrel steed stoat stork swan tern toad trout turtle vole wasp whale wolf worm wren yak ' +
  'zebra';

const adjectives = ADJECTIVES.split(' ');
const animals = ANIMALS.split(' ');

/** A name for a run that was given none: `quiet-heron-417`, 20 characters at most. */
export function inventRunName(random: Random): string {
  const [a = 0, b = 0, c = 0, d = 0] = random.bytes(4);
  const number = ((c << 8) | d) % 1_000;
  return `${adjectives[a % adjectives.length]}-${animals[b % animals.length]}-${number}`;
}
