const LONG_S = 0.35;

/** Two short tones; silent where the browser lets no page sound that nobody has clicked on. */
export function beep() {
  try {
    let context = new AudioContext();
    let loudness = context.createGain();
    loudness.connect(context.destination);
    loudness.gain.setValueAtTime(0.12, context.currentTime);
    loudness.gain.linearRampToValueAtTime(0, context.currentTime + LONG_S);
    let tone = context.createOscillator();
    tone.frequency.setValueAtTime(660, context.currentTime);
    tone.frequency.setValueAtTime(880, context.currentTime + LONG_S / 2);
    tone.connect(loudness);
    tone.addEventListener('ended', () => void context.close());
    tone.start();
    tone.stop(context.currentTime + LONG_S);
  } catch {
    // There is nothing to make a sound with.
  }
}
