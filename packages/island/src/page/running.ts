// What only a tab that runs needs: fetched with the click on Start, so that the page before it stays small.

export { openDonationDriver } from '../donation/donation-driver.ts'
export { watchConditions } from './conditions.ts'
export { openRunner } from './runner.ts'
