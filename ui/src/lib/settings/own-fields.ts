import type { Component } from 'svelte';
import OwnDays from './calendar/OwnDays.svelte';
import PublicDays from './calendar/PublicDays.svelte';
import WeekField from './calendar/WeekField.svelte';
import WhatIf from './calendar/WhatIf.svelte';
import ZoneField from './calendar/ZoneField.svelte';
import type { Editor } from './editor.svelte';
import type { Aside, FieldSpec, OwnField } from './forms';
import AppliesField from './promises/AppliesField.svelte';
import ClocksField from './promises/ClocksField.svelte';
import ExampleTicket from './promises/ExampleTicket.svelte';
import PausesField from './promises/PausesField.svelte';
import PromisesField from './promises/PromisesField.svelte';

/** What edits the fields that need more than one control. */
export const OWN_FIELDS: Record<OwnField, Component<{ editor: Editor; field: FieldSpec }>> = {
  week: WeekField,
  zone: ZoneField,
  own_days: OwnDays,
  public_days: PublicDays,
  promises: PromisesField,
  applies: AppliesField,
  clocks: ClocksField,
  pauses: PausesField,
};
/** What shows beside a form what its record would do. */
export const ASIDES: Record<Aside, Component<{ editor: Editor }>> = {
  what_if: WhatIf,
  example_ticket: ExampleTicket,
};
