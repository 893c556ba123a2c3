namespace Rewt.Tests.Faults;

/// <summary>
/// A clock of a host that can be set while a redis-server runs on it: a small C library, loaded before libc, adds the seconds in a mapped file to the time of day.
/// libfaketime ends or hangs a redis-server with jemalloc, because it allocates memory within a call that the allocator makes.
/// </summary>
internal sealed class MovableClock : IDisposable
{
    private const string Source =
        """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <stdlib.h>
        #include <sys/mman.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>

        static volatile long *seconds;

        __attribute__((constructor)) static void map(void) {
            int file = open(getenv("MOVABLE_CLOCK"), O_RDONLY);
            void *mapped = mmap(NULL, sizeof(long), PROT_READ, MAP_SHARED, file, 0);
            if (file >= 0 && mapped != MAP_FAILED) seconds = mapped;
        }

        int clock_gettime(clockid_t clock, struct timespec *time) {
            int result = syscall(SYS_clock_gettime, clock, time);
            if (result == 0 && clock == CLOCK_REALTIME && seconds) time->tv_sec += *seconds;
            return result;
        }

        int gettimeofday(struct timeval *restrict time, void *restrict zone) {
            struct timespec now;
            (void)zone;
            clock_gettime(CLOCK_REALTIME, &now);
            time->tv_sec = now.tv_sec;
            time->tv_usec = now.tv_nsec / 1000;
            return 0;
        }

        time_t time(time_t *result) {
            struct timespec now;
            clock_gettime(CLOCK_REALTIME, &now);
            if (result) *result = now.tv_sec;
            return now.tv_sec;
        }
        """;

    private readonly ScratchDirectory _files = new();

    private MovableClock()
    {
    }

    /// <summary>What starts a server that runs by this clock.</summary>
    public string[] Launcher => ["env", $"LD_PRELOAD={_files["clock.so"]}", $"MOVABLE_CLOCK={_files["seconds"]}"];

    /// <summary>Compiles the library, or skips the test on a machine that cannot.</summary>
    public static async Task<MovableClock> CreateAsync()
    {
        Require.RealRedis();
        Require.That(OperatingSystem.IsLinux(), "needs Linux, whose loader takes LD_PRELOAD");
        var compiler = Executables.Find("gcc") ?? Executables.Find("clang");
        Require.That(compiler is not null, "needs gcc or clang on the PATH");
        var clock = new MovableClock();
        try
        {
            clock._files.Write("clock.c", Source);
            await Programs.OutputAsync(compiler, ["-shared", "-fPIC", "-O1", "-o", clock._files["clock.so"], clock._files["clock.c"]]);
            clock.Set(TimeSpan.Zero);
            return clock;
        }
        catch
        {
            clock.Dispose();
            throw;
        }
    }

    /// <summary>Sets the clock to its distance from the true time.</summary>
    public void Set(TimeSpan distance)
    {
        // In place: the server has mapped this file.
        using var file = new FileStream(_files["seconds"], FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        file.Write(BitConverter.GetBytes((long)distance.TotalSeconds));
    }

    public void Dispose() => _files.Dispose();
}
