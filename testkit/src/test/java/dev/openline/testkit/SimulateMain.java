package dev.openline.testkit;

import java.util.Map;
import java.util.TreeMap;

class SimulateMain {
    public static void main(String[] args) {
        long from = Long.parseLong(args[0]);
        int count = Integer.parseInt(args[1]);
        DiskFlaw flaw = args.length > 2 ? DiskFlaw.valueOf(args[2]) : DiskFlaw.NONE;
        Map<String, Integer> faults = new TreeMap<>();
        long acked = 0, delivered = 0;
        int bad = 0;
        for (long seed = from; seed < from + count; seed++) {
            long began = System.nanoTime();
            Simulation.Report report = Simulation.run(seed, flaw);
            long ms = (System.nanoTime() - began) / 1_000_000;
            report.faults().forEach((kind, n) -> faults.merge(kind, n, Integer::sum));
            acked += report.acknowledged();
            delivered += report.delivered();
            if (count < 50 || !report.violations().isEmpty())
                System.out.println(seed + " " + ms + " ms acked " + report.acknowledged() + " delivered "
                        + report.delivered() + " " + report.violations());
            if (!report.violations().isEmpty()) {
                bad++;
                if (count == 1) System.out.println(report.story());
            }
        }
        System.out.println("bad " + bad + " " + faults + " acked " + acked + " delivered " + delivered);
    }
}
