export { answerAs, checkBehaviour, type Behaviour } from "./behaviours.js";
export {
  ScriptedError,
  scriptedModel,
  type Cue,
  type ScriptedModel,
  type ScriptedModelOptions,
} from "./scripted-model.js";
export { virtualClock, type VirtualClock, type VirtualClockOptions } from "./virtual-clock.js";
