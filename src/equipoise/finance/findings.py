"""What prices and finance may find: missing money, rates and budgets, and the defaults taken in their place."""

from equipoise.core.finding import FindingCode, Severity

NO_PRICE = FindingCode(
    "PR101",
    Severity.WARNING,
    "An item has no price in a market, so its revenue and margin are unknown and the plan is in units only.",
    "Add rows to table prices, at the item or at a node above it.",
)
NO_RATE = FindingCode(
    "PR102",
    Severity.ERROR,
    "Money stands in a currency without a planning rate, so the price or cost is unknown in those buckets.",
    "Add rows of rate_type plan to table exchange_rates, dated on or before the first day of the first bucket.",
)
NO_STANDARD_COST = FindingCode(
    "PR103",
    Severity.WARNING,
    "An item has no standard cost at a location, so its stock value and gross margin are unknown.",
    "Add rows to table costs, at the item or at a node above it.",
)
HOLDING_DEFAULT = FindingCode(
    "PR104",
    Severity.NOTE,
    "No holding cost is given: 20 % a year of standard cost, or of 60 % of the price, is taken.",
    "Give holding_cost or holding_rate_pct in table costs.",
)
NO_HOLDING = FindingCode(
    "PR105",
    Severity.WARNING,
    "Neither holding cost, standard cost nor price is known, so stock costs nothing to hold.",
    "Give holding_cost or standard_cost in table costs.",
)
BACKLOG_DEFAULT = FindingCode(
    "PR106",
    Severity.NOTE,
    "No backlog cost is given: the price of the item is taken for each bucket a unit is late.",
    "Give backlog_cost in table costs (row with a blank location) or in table service_costs.",
)
LOST_DEFAULT = FindingCode(
    "PR107",
    Severity.NOTE,
    "No lost sale cost is given: the price of the item is taken for each unit lost.",
    "Give lost_sale_cost in table costs (row with a blank location) or in table service_costs.",
)
SHORTFALL_DEFAULT = FindingCode(
    "PR108",
    Severity.NOTE,
    "No price of missing safety stock is given: one between holding and backlog cost is taken.",
    "Give shortfall_cost in table inventory_policy.",
)
BLANK_COST = FindingCode(
    "PR109",
    Severity.WARNING,
    "A cost is blank and counts as 0.",
    "Fill the column, with 0 where the step is free.",
)
ROUTE_COSTS_DIFFER = FindingCode(
    "PR110",
    Severity.ERROR,
    "Rows of one route give different variable costs; the first is taken.",
    "A variable cost belongs to the route: give the same in all its rows, or in one and leave the others blank.",
)
COST_AT_LOCATION = FindingCode(
    "PR111",
    Severity.WARNING,
    "A backlog or lost sale cost stands in a row of a location and is not read.",
    "Give it in a row of table costs with a blank location, or by market in table service_costs.",
)
PRICE_BELOW_ZERO = FindingCode(
    "PR112",
    Severity.ERROR,
    "A change of price would make some prices negative; those cells keep the price they had.",
    "Change the amount or the scope of the adjustment.",
)
PRICE_SCOPE_GONE = FindingCode(
    "PR113",
    Severity.WARNING,
    "A change of price no longer meets any item, market and bucket of the plan, and changes nothing.",
    "Withdraw the adjustment or give it another scope.",
)
PRICE_NOT_KNOWN = FindingCode(
    "PR114",
    Severity.WARNING,
    "A change adds to or scales a price that is not known; those cells stay unknown.",
    "Set the price instead, or add rows to table prices.",
)
LOST_IS_CHEAP = FindingCode(
    "PR115",
    Severity.NOTE,
    "A lost sale costs less than the dearest listed source of the item: where sales can be lost, the cheapest plan "
    "loses them before it uses that source.",
    "Give a lost_sale_cost that holds the contribution lost, or leave it blank: then it is the price.",
)
BUDGET_VERSION = FindingCode(
    "FI101",
    Severity.WARNING,
    "The budget holds no version of the name that is asked for; the alphabetically first one is taken.",
    "Name the annual operating plan AOP in table budget, or set the policy knob budget_version.",
)
BUDGET_PARTS_ABOVE = FindingCode(
    "FI102",
    Severity.ERROR,
    "Budget rows below a node add up to more than the node's own total; the parts stand.",
    "Raise the total or lower the parts in table budget.",
)
BUDGET_REST = FindingCode(
    "FI103",
    Severity.WARNING,
    "Budget rows cover every cell below a node and add up to less than its total; the rest is spread over all of them.",
    "Complete the parts or lower the total in table budget.",
)
BUDGET_NOWHERE = FindingCode(
    "FI104",
    Severity.WARNING,
    "A budget row meets no item and market that the plan knows; it is not counted.",
    "Check the codes in table budget, or add the item and market to the plan.",
)
NO_REVENUE_HISTORY = FindingCode(
    "FI120",
    Severity.NOTE,
    "Receivables at the start are an assumption: what was invoiced before the plan begins is not known.",
    "Give revenue_amount in table sales_history for the closed buckets that receivable_days reach back to.",
)
NO_PURCHASE_HISTORY = FindingCode(
    "FI121",
    Severity.NOTE,
    "Payables at the start are an assumption: what was bought before the plan begins is not known.",
    "Keep received purchase orders, with received_date, in table receipts for the days that payable_days reach back.",
)
ORDER_WITHOUT_PRICE = FindingCode(
    "FI122",
    Severity.WARNING,
    "A purchase order under way has no supplier with a price, so it is paid for with nothing.",
    "Name the supplier in table receipts and give its unit_cost in table purchasing or subcontracting.",
)
COMPANY_WITHOUT_TERMS = FindingCode(
    "FI123",
    Severity.WARNING,
    "A location belongs to no company that has terms of payment.",
    "Fill column company in table locations, or add the company to table terms.",
)
CASH_OF_SOME = FindingCode(
    "FI124",
    Severity.WARNING,
    "Some companies give opening cash and others do not, so the cash of all is unknown.",
    "Give opening_cash in table terms for every company, dated the first day of the plan.",
)
CASH_NOT_DATED = FindingCode(
    "FI125",
    Severity.WARNING,
    "Opening cash stands as of a day long before the plan begins.",
    "Add a row to table terms, dated the first day of the plan, with the cash of that day.",
)
EXPENSE_TAKEN = FindingCode(
    "FI126",
    Severity.NOTE,
    "Operating expense is what these accounts or the budget say; pay that is also in the plan's cost counts twice.",
    "Leave out of table accounts what the plan works out itself: pay, materials, purchases and freight.",
)
NO_EXPENSE = FindingCode(
    "FI127",
    Severity.NOTE,
    "No operating expense is given: cash flow is before operating expense.",
    "Give accounts of version forecast or budget, or operating_expense_amount in table budget.",
)
RATE_BELOW_ZERO = FindingCode(
    "FI128",
    Severity.ERROR,
    "A change of an exchange rate would bring it to zero or below; those buckets keep the rate they had.",
    "Change the amount or the buckets of the adjustment.",
)
RATE_SCOPE_GONE = FindingCode(
    "FI129",
    Severity.WARNING,
    "A change of an exchange rate meets no bucket of the plan, or no money stands in its currency; it changes nothing.",
    "Withdraw the adjustment, or give it another currency or other buckets.",
)
YEAR_NOT_COVERED = FindingCode(
    "FI130",
    Severity.NOTE,
    "The horizon ends before the fiscal year does: landing, budget and last year are of the buckets up to there.",
    "Lengthen the horizon to the end of the fiscal year.",
)
COST_ASSUMED = FindingCode(
    "FI131",
    Severity.NOTE,
    "Past sales without a booked cost are valued at the plan's standard cost, so their margin is an assumption.",
    "Give cost_amount in table sales_history.",
)
LEDGER_DIFFERS = FindingCode(
    "FI132",
    Severity.WARNING,
    "Invoiced revenue and the ledger's revenue differ.",
    "Find the entries that one of them lacks, in table sales_history and accounts of version actual.",
)
YEAR_NOT_BUDGETED = FindingCode(
    "FI133",
    Severity.NOTE,
    "Some buckets of the fiscal year are not budgeted, so its budget and the gap to it are unknown.",
    "Give the budget for the whole fiscal year in table budget, its closed buckets too.",
)
NO_ACTUALS = FindingCode(
    "FI134",
    Severity.WARNING,
    "Closed buckets of the fiscal year have no actuals, so its landing is unknown.",
    "Give shipped_qty and revenue_amount in table sales_history back to the first day of the fiscal year.",
)

FINDING_CODES: tuple[FindingCode, ...] = (
    NO_PRICE,
    NO_RATE,
    NO_STANDARD_COST,
    HOLDING_DEFAULT,
    NO_HOLDING,
    BACKLOG_DEFAULT,
    LOST_DEFAULT,
    SHORTFALL_DEFAULT,
    BLANK_COST,
    ROUTE_COSTS_DIFFER,
    COST_AT_LOCATION,
    PRICE_BELOW_ZERO,
    PRICE_SCOPE_GONE,
    PRICE_NOT_KNOWN,
    LOST_IS_CHEAP,
    BUDGET_VERSION,
    BUDGET_PARTS_ABOVE,
    BUDGET_REST,
    BUDGET_NOWHERE,
    NO_REVENUE_HISTORY,
    NO_PURCHASE_HISTORY,
    ORDER_WITHOUT_PRICE,
    COMPANY_WITHOUT_TERMS,
    CASH_OF_SOME,
    CASH_NOT_DATED,
    EXPENSE_TAKEN,
    NO_EXPENSE,
    RATE_BELOW_ZERO,
    RATE_SCOPE_GONE,
    YEAR_NOT_COVERED,
    COST_ASSUMED,
    LEDGER_DIFFERS,
    YEAR_NOT_BUDGETED,
    NO_ACTUALS,
)
