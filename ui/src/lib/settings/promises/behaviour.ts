export type Behaviour =
  { rules: 'desk'; update?: 'keep_informed' | 'answer' } | { rules: 'otrs'; suspend?: boolean };
/** The ways in which clocks may behave, as a desk chooses one. */
export type Way = 'informed' | 'answer' | 'otrs' | 'otrs_suspend';

export function wayOf(behaviour: Behaviour | undefined): Way {
  if (behaviour?.rules === 'otrs') return behaviour.suspend ? 'otrs_suspend' : 'otrs';
  return behaviour?.update === 'answer' ? 'answer' : 'informed';
}

export function behaviourOf(way: Way): Behaviour {
  switch (way) {
    case 'informed':
      return { rules: 'desk', update: 'keep_informed' };
    case 'answer':
      return { rules: 'desk', update: 'answer' };
    case 'otrs':
      return { rules: 'otrs', suspend: false };
    case 'otrs_suspend':
      return { rules: 'otrs', suspend: true };
  }
}
