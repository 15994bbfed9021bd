export function leanNode(root: string, node?: string): { readonly flags: readonly string[]; readonly environment: NodeJS.ProcessEnv }
